"""Los papeles que se comprueban sin cuenta con un código, y la página de cada uno.

Hay más de una clase (documentos, certificados) y quien teclea no tiene por qué distinguirlas. Cada
app anuncia la suya al arrancar, y así la de la izquierda no tiene que conocer a las demás.
"""

_buscadores = []


def anunciar(buscar):
    """`buscar(codigo)` da la dirección de la página de ese código, o None si no es de los suyos."""
    _buscadores.append(buscar)


def pagina_de(codigo):
    """La página que comprueba ese código, escrito como sea; None si nadie lo conoce."""
    return next((pagina for buscar in _buscadores if (pagina := buscar(codigo))), None)
