"""Hilos que arrancan juntos, para las pruebas de quién gana."""

from threading import Barrier, Thread

from django.db import connection


def a_la_vez(cuantos, trabajo):
    """Corre `trabajo(n)` en hilos que arrancan juntos; devuelve lo que dio cada uno, en orden."""
    salida, dados = Barrier(cuantos), {}

    def correr(n):
        try:
            salida.wait()
            dados[n] = trabajo(n)
        except Exception as error:
            dados[n] = error
        finally:
            connection.close()

    hilos = [Thread(target=correr, args=[n]) for n in range(cuantos)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    return [dados[n] for n in range(cuantos)]
