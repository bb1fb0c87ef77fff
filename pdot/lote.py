"""Aprobar varias a la vez, diciendo antes cuáles no se pueden y por qué.

Cada una se comprueba otra vez al aprobar, ya bloqueada. Se guarda todo lo que el resultado dice que
se aprobó o, si algo falla, nada.
"""

from dataclasses import dataclass

from django.db import transaction

from territorios.texto import cuantos
from territorios.versiones import Conflicto, bloquear

from .acciones import NoProcede, aprobar_evaluacion
from .llenado import Llenado
from .models import BorradorDeRevision, Evaluacion

MAXIMO = 50


@dataclass
class Dictamen:
    """Una evaluación marcada; `reparos`: por qué no se aprueba, vacío si se puede."""

    evaluacion: Evaluacion
    version: int
    reparos: list[str]

    @property
    def se_puede(self):
        return not self.reparos


def leer_marcadas(textos):
    """{clave: versión leída} de lo que traen las casillas («12-3»); lo ilegible queda fuera."""
    marcadas = {}
    for texto in textos[:MAXIMO]:
        clave, _, version = texto.partition("-")
        if all(trozo.isdecimal() and len(trozo) < 10 for trozo in (clave, version)):
            marcadas[int(clave)] = int(version)
    return marcadas


def dictaminar(marcadas, usuario):
    """[Dictamen] de las que le toca revisar; las ajenas no existen para quien pregunta."""
    suyas = Evaluacion.objects.de_su_revision(usuario).filter(pk__in=marcadas)
    en_orden = suyas.con_superiores().order_by("pdot__gad", "numero")
    return [
        Dictamen(una, marcadas[una.pk], reparos_de(una, marcadas[una.pk], usuario))
        for una in en_orden
    ]


def reparos_de(evaluacion, version, usuario):
    """Por qué `usuario` no puede aprobarla sin abrirla; [] si puede."""
    if evaluacion.estado != Evaluacion.Estado.ENVIADA:
        return [f"ya está {evaluacion.get_estado_display().lower()}"]
    reparos = []
    if evaluacion.version != version:
        reparos.append("cambió desde que usted abrió la cola")
    if faltas := len(Llenado(evaluacion, para=usuario).faltas):
        reparos.append(f"está incompleta: {cuantos(faltas, 'punto', 'puntos')} por completar")
    if BorradorDeRevision.objects.filter(evaluacion=evaluacion).exists():
        reparos.append("tiene observaciones en preparación: devuélvala, o bórrelas al revisarla")
    if evaluacion.la_lleno_en_nombre(usuario):
        reparos.append("usted la llenó en nombre del GAD: la aprueba otra persona")
    return reparos


@transaction.atomic
def aprobar_en_lote(marcadas, *, por, sitio=""):
    """Aprueba las que se puedan de `marcadas` y devuelve [(evaluación, reparos)] de todas.

    Se bloquean en orden de clave: dos lotes que se cruzan se ponen en fila y no se traban.
    """
    suyas = Evaluacion.objects.de_su_revision(por).filter(pk__in=marcadas)
    return [
        _aprobar(pk, marcadas[pk], por, sitio)
        for pk in suyas.order_by("pk").values_list("pk", flat=True)
    ]


def _aprobar(pk, version, por, sitio):
    evaluacion = bloquear(Evaluacion, pk)
    reparos = reparos_de(evaluacion, version, por)
    if not reparos:
        try:
            with transaction.atomic():
                evaluacion = aprobar_evaluacion(evaluacion, por=por, version=version, sitio=sitio)
        except NoProcede as motivo:
            reparos = [str(motivo)]
        except Conflicto:
            reparos = ["cambió desde que usted abrió la cola"]
    return Dictamen(evaluacion, version, reparos)
