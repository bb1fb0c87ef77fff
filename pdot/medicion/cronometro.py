"""Pedir una página por dentro, con todo lo que hace el servidor, y contar lo que cuesta.

El tiempo es de procesador (`time.thread_time`), que no sufre por lo que haga el resto de la
máquina. PostgreSQL trabaja en otro proceso: a lo suyo se le suma la espera de cada consulta.
"""

import gc
import gzip
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter, thread_time

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from . import pisos as urls_de_pisos
from .formulario import lo_que_se_envia
from .paginas import LLAVE, PUBLICO, ZONAL
from .peso import sin_comprimir

CADA_CUANTAS = 6
PISOS = ("piso_lista", "piso_formulario", "piso_guardar")


class NoRespondio(Exception):
    """La página no respondió como debía; el mensaje dice con qué código."""


@contextmanager
def ajustes_de_medir():
    """Como en marcha: sin DEBUG, con una caché propia y sin mandar nada afuera."""
    with override_settings(
        DEBUG=False,
        ALLOWED_HOSTS=["testserver"],
        ROOT_URLCONF=urls_de_pisos.__name__,
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
        SEGUNDO_FACTOR_EXIGIDO=False,
        TEMPLATES=settings.TEMPLATES,
    ):
        yield


@dataclass
class Tiempos:
    """Lo que costó cada repetición, en milisegundos: en el servidor y en el reloj."""

    servidor: list = field(default_factory=list)
    pared: list = field(default_factory=list)

    @property
    def mediana(self):
        return median(self.servidor)

    @property
    def p95(self):
        en_orden = sorted(self.servidor)
        return en_orden[min(len(en_orden) - 1, round(0.95 * (len(en_orden) - 1)))]

    @property
    def reloj(self):
        return median(self.pared)


@dataclass
class Visita:
    """Una página medida. `falla`: por qué no se pudo; entonces lo demás está vacío."""

    pagina: object
    tiempos: Tiempos = field(default_factory=Tiempos)
    fria: int = 0
    tibia: int = 0
    bytes: int = 0
    comprimidos: int = 0
    falla: str = ""


class Banco:
    """Quién pide qué: una sesión abierta por cada cuenta de la muestra."""

    def __init__(self, muestra):
        self.muestra = muestra
        self.clientes = {}
        for quien, usuario in muestra.usuarios.items():
            self.clientes[quien] = _cliente()
            self.clientes[quien].force_login(usuario)
        self.clientes[PUBLICO] = _cliente()
        self.clientes[LLAVE] = _cliente(authorization=f"Bearer {muestra.llave}")
        self.envios = 0

    def medir(self, paginas, repeticiones, aviso=lambda texto: None):
        """({piso: Tiempos}, [Visita]). Los pisos se miden entre página y página."""
        visitas = [self._conocer(pagina) for pagina in paginas]
        buenas = [visita for visita in visitas if not visita.falla]
        pisos = {nombre: Tiempos() for nombre in PISOS}
        self._pisos(pisos)
        pisos = {nombre: Tiempos() for nombre in PISOS}
        for vuelta in range(repeticiones):
            aviso(f"vuelta {vuelta + 1} de {repeticiones}")
            gc.collect()
            for lugar, visita in enumerate(buenas):
                if lugar % CADA_CUANTAS == 0:
                    self._pisos(pisos)
                self._una_vez(visita)
        return pisos, visitas

    def _conocer(self, pagina):
        """La primera vez: con la caché vacía y después tibia, sin cronómetro."""
        visita = Visita(pagina)
        try:
            self._pedir(pagina)
            cache.clear()
            visita.fria, _ = self._contar(pagina)
            visita.tibia, respuesta = self._contar(pagina)
        except NoRespondio as motivo:
            visita.falla = str(motivo)
            return visita
        crudo = sin_comprimir(respuesta)
        visita.bytes, visita.comprimidos = len(crudo), len(gzip.compress(crudo))
        return visita

    def _contar(self, pagina):
        envio = self._preparar(pagina)
        with CaptureQueriesContext(connection) as hechas:
            respuesta = envio()
        return len(hechas), respuesta

    def _una_vez(self, visita):
        _cronometrar(self._preparar(visita.pagina), visita.tiempos)

    def _pedir(self, pagina):
        return self._preparar(pagina)()

    def _preparar(self, pagina):
        """La función que hace la petición; lo que hay que leer antes, ya leído."""
        cliente = self.clientes[pagina.quien]
        try:
            direccion = pagina.direccion(self.muestra)
        except (AttributeError, IndexError, TypeError) as error:
            raise NoRespondio(f"no hay muestra ({error})") from error
        if not pagina.envia:
            return lambda: _exigir(cliente.get(direccion))
        self.envios += 1
        datos = lo_que_se_envia(sin_comprimir(_exigir(cliente.get(direccion))), self.envios)
        return lambda: _exigir(cliente.post(direccion, datos))

    def _pisos(self, pisos):
        cliente = self.clientes[ZONAL]
        lista, formulario, guardar = (reverse(nombre) for nombre in PISOS)
        gad = {"gad": self.muestra.canton}
        self.envios += 1
        datos = {
            "acuerdo": self.muestra.acuerdo_de_piso,
            "texto": f"Acuerdo revisado {self.envios}",
        }
        _cronometrar(lambda: _exigir(cliente.get(lista)), pisos["piso_lista"])
        _cronometrar(lambda: _exigir(cliente.get(formulario, gad)), pisos["piso_formulario"])
        _cronometrar(lambda: _exigir(cliente.post(guardar, datos)), pisos["piso_guardar"])


def _cliente(**cabeceras):
    """Una página que falla responde 500 y lo dice su fila: no se pierde lo que miden las demás."""
    cabeceras = {"accept-encoding": "gzip"} | cabeceras
    return Client(headers=cabeceras, raise_request_exception=False)


def _exigir(respuesta):
    if respuesta.status_code >= 400:
        raise NoRespondio(f"responde {respuesta.status_code}")
    return respuesta


def _cronometrar(pedir, tiempos):
    espera = _Espera()
    with connection.execute_wrapper(espera):
        reloj, procesador = perf_counter(), thread_time()
        pedir()
        procesador, reloj = thread_time() - procesador, perf_counter() - reloj
    tiempos.servidor.append(1000 * (procesador + espera.ajena))
    tiempos.pared.append(1000 * reloj)


class _Espera:
    """Lo que se espera a una base que trabaja en otro proceso; a SQLite no se la espera."""

    def __init__(self):
        self.es_ajena = connection.vendor != "sqlite"
        self.ajena = 0

    def __call__(self, ejecutar, sql, params, many, contexto):
        reloj, procesador = perf_counter(), thread_time()
        try:
            return ejecutar(sql, params, many, contexto)
        finally:
            if self.es_ajena:
                espera = perf_counter() - reloj - (thread_time() - procesador)
                self.ajena += max(0, espera)
