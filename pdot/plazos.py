"""Los plazos para evaluar y cómo va cada GAD de un grupo."""

from dataclasses import dataclass

from django.db.models import Exists, Subquery

from acompanamiento.models import Membresia
from territorios.jurisdiccion import Permiso
from territorios.models import Gad

from .models import Evaluacion, Pdot, PlazoEvaluacion

Estado = Evaluacion.Estado
SIN_EMPEZAR = "sin_empezar"
# A quien no le toca ver cómo va otro GAD, de él le consta solo lo aprobado.
SIN_APROBAR = "sin_aprobar"
NOMBRES = {
    SIN_EMPEZAR: "Sin empezar",
    Estado.BORRADOR: "En borrador",
    Estado.DEVUELTA: "Devuelta",
    Estado.ENVIADA: "Enviada",
    Estado.APROBADA: "Aprobada",
    SIN_APROBAR: "Sin aprobar todavía",
}
# Lo que el plazo pide es enviar: la revisión ya no depende del GAD.
FALTAN = (SIN_EMPEZAR, Estado.BORRADOR, Estado.DEVUELTA)


@dataclass
class Avance:
    """Cómo va un GAD con la evaluación de su último plan. `evaluacion`: la que se puede abrir."""

    gad: Gad
    estado: str
    evaluacion: Evaluacion | None = None

    @property
    def nombre(self):
        return NOMBRES[self.estado]

    @property
    def falta(self):
        return self.estado in FALTAN


def plazos_de(usuario):
    """Los de los grupos de su GAD, si le falta enviar la evaluación de su último plan."""
    if not usuario.gad_id or not usuario.puede(Permiso.LLENAR_EVALUACION):
        return []
    planes = Pdot.objects.filter(gad=usuario.gad_id).order_by("-anio_desde")
    ya_salio = Evaluacion.objects.exclude(estado__in=Evaluacion.EN_MANOS_DEL_GAD)
    ya_salio = ya_salio.filter(pdot=Subquery(planes.values("pk")[:1]))
    plazos = PlazoEvaluacion.objects.del_gad(usuario.gad_id).filter(~Exists(ya_salio))
    return list(plazos.select_related("grupo"))


def gads_que_faltan(codigos):
    """Los que todavía no envían la evaluación de su último plan. Dos consultas."""
    estados = _estados(codigos)
    return {codigo for codigo in codigos if estados.get(codigo, SIN_EMPEZAR) in FALTAN}


def _estados(codigos):
    """{código: en qué estado está la evaluación del último plan}; una aprobada ya cumplió."""
    ultimos = _ultimos_planes(codigos)
    estados = {}
    filas = Evaluacion.objects.filter(pdot__in=ultimos.values()).order_by("numero")
    for codigo, estado in filas.values_list("pdot__gad", "estado"):
        if estados.get(codigo) != Estado.APROBADA:
            estados[codigo] = estado
    return estados


def _ultimos_planes(codigos):
    planes = Pdot.objects.filter(gad__in=codigos).order_by("anio_desde")
    return dict(planes.values_list("gad", "pk"))


def avance_de(grupo, usuario):
    """[Avance] de los miembros de hoy, con lo que a `usuario` le toca saber. Cinco consultas."""
    miembros = Membresia.objects.vigentes_en().filter(grupo=grupo)
    gads = list(Gad.objects.filter(pk__in=miembros.values("gad")).para_lista().order_by("pk"))
    estados = _estados([gad.pk for gad in gads])
    abiertas = _que_puede_abrir(gads, usuario)
    return [_avance(gad, estados.get(gad.pk, SIN_EMPEZAR), abiertas, usuario) for gad in gads]


def _avance(gad, estado, abiertas, usuario):
    if estado != Estado.APROBADA and not _sabe_como_va(gad, usuario):
        return Avance(gad, SIN_APROBAR)
    return Avance(gad, estado, abiertas.get((gad.pk, estado)))


def _sabe_como_va(gad, usuario):
    """De lo que no está aprobado saben el GAD y quien lo revisa: su zona y la central."""
    if usuario.gad_id == gad.pk:
        return True
    revisa = usuario.puede(Permiso.REVISAR_EVALUACION)
    return revisa and (usuario.ve_el_pais or usuario.zona_id == gad.territorio.zona_id)


def _que_puede_abrir(gads, usuario):
    """{(código, estado): evaluación} de las que puede abrir; la última de cada estado."""
    visibles = Evaluacion.objects.visibles_para(usuario).filter(pdot__gad__in=gads)
    en_orden = visibles.select_related("pdot").order_by("pdot__anio_desde", "numero")
    return {(una.pdot.gad_id, una.estado): una for una in en_orden}


def cuenta_de(avances):
    """[(estado, nombre, cuántos)] en orden, sin los que nadie tiene."""
    return [
        (estado, nombre, cuantos)
        for estado, nombre in NOMBRES.items()
        if (cuantos := sum(uno.estado == estado for uno in avances))
    ]
