"""Lo escrito en una evaluación, ahora o como se envió, en objetos que las páginas saben mostrar.

Lo de antes sale del historial: mientras el GAD corrige, los demás leen lo último que envió.
"""

from territorios.models import Gad

from .instantaneas import toma_para
from .llenado import Clase, Llenado
from .models import ElementoVision, Informacion, Problema, Respuesta, Vinculo


def filas_de(toma, modelo):
    """Las filas de `modelo` en ese momento, por su clave. Una consulta."""
    clave = toma.evaluacion.pk
    if toma.momento is None:
        return list(modelo.objects.filter(evaluacion=clave).order_by("pk"))
    historia = modelo.historia.filter(evaluacion=clave, history_date__lte=toma.momento)
    ultimos = {asiento.id: asiento for asiento in historia.order_by("history_date", "history_id")}
    vivos = [asiento for asiento in ultimos.values() if asiento.history_type != "-"]
    return sorted((asiento.instance for asiento in vivos), key=lambda fila: fila.pk)


def vinculos_de(toma):
    """Los vínculos, cada uno con su GAD a la mano. Dos consultas."""
    filas = sorted(filas_de(toma, Vinculo), key=lambda fila: fila.con_id)
    _poner_gads(filas, "con")
    return filas


def informacion_de(toma):
    """Las filas de información en orden, con el GAD que la provee a la mano. Dos consultas."""
    filas = en_orden(filas_de(toma, Informacion))
    _poner_gads(filas, "proveedor_gad")
    return filas


def en_orden(filas):
    return sorted(filas, key=lambda fila: (fila.orden, fila.pk))


def _poner_gads(filas, campo):
    codigos = {getattr(fila, f"{campo}_id") for fila in filas} - {None}
    gads = Gad.objects.filter(pk__in=codigos).para_lista().in_bulk() if codigos else {}
    for fila in filas:
        setattr(fila, campo, gads.get(getattr(fila, f"{campo}_id")))


def llenado_para(evaluacion, usuario):
    """El Llenado que a `usuario` le toca leer: el de ahora o el de lo último que se envió."""
    toma = toma_para(evaluacion, usuario)
    if toma.momento is None:
        return Llenado(evaluacion, para=usuario)
    return LlenadoEnviado(toma, para=usuario)


class LlenadoEnviado(Llenado):
    """Un Llenado de lo que se envió en `momento`, sin lo corregido después."""

    def __init__(self, toma, *, para):
        super().__init__(toma.evaluacion, para=para)
        self.momento = toma.momento
        self.respuestas = {r.pregunta_id: r for r in filas_de(toma, Respuesta)}
        self.vinculos = {vinculo.con_id: vinculo for vinculo in vinculos_de(toma)}
        self.informacion = informacion_de(toma)
        self.elementos = [uno.texto for uno in en_orden(filas_de(toma, ElementoVision))]
        self.filas_de_problemas = en_orden(filas_de(toma, Problema))

    @property
    def secciones(self):
        secciones = list(self.evaluacion.instrumento.secciones.order_by("orden"))
        hechas = {
            Clase.VINCULOS: sum(1 for vinculo in self.vinculos.values() if vinculo.valor),
            Clase.INFORMACION: len(self.informacion),
            Clase.VISION: len(self.elementos),
        }
        for seccion in secciones:
            seccion.hechas = hechas.get(seccion.clase, 0)
            seccion.agregadas = len(set(self.vinculos) - set(self.superiores))
        return secciones
