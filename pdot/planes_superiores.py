"""Lo que dice el plan de un nivel superior, para leerlo al lado de lo que se responde."""

from dataclasses import dataclass, field

from territorios.models import Gad

from .models import ElementoVision, Evaluacion, Pdot
from .vinculos import CANTON, PROVINCIA, superiores_por_codigo

LARGOS = {"cantonal": CANTON, "provincial": PROVINCIA}


@dataclass
class PlanSuperior:
    """El PDOT más reciente de un GAD (None si no lo registró) y su nueva visión, si se ve."""

    gad: Gad
    plan: Pdot | None = None
    elementos: list[str] = field(default_factory=list)

    @property
    def objetivos(self):
        return self.plan.objetivos.all() if self.plan else []

    @property
    def dice_algo(self):
        """Si de su plan se registró algo que leer, y no solo los años."""
        plan = self.plan
        return bool(plan and (plan.vision or plan.modelo_gestion or plan.objetivos.all()))


def planes_superiores(gads, usuario):
    """{código: PlanSuperior}. Tres consultas, sean cuantos sean los GAD; ninguna si no hay."""
    if not gads:
        return {}
    planes = {
        plan.gad_id: plan
        for plan in Pdot.objects.filter(gad__in=gads)
        .order_by("anio_desde")
        .prefetch_related("objetivos")
    }
    elementos = _elementos(gads, usuario)
    return {
        gad.pk: PlanSuperior(gad, planes.get(gad.pk), elementos.get(gad.pk, [])) for gad in gads
    }


def planes_de_su_territorio(gad, usuario):
    """{código: PlanSuperior} de los niveles superiores de su territorio, del más cercano."""
    codigos = superiores_por_codigo(gad)
    gads = Gad.objects.filter(pk__in=codigos).para_lista().in_bulk() if codigos else {}
    return planes_superiores([gads[codigo] for codigo in codigos if codigo in gads], usuario)


def plan_que_nombra(pregunta, gad):
    """El código del GAD con cuyo plan compara la pregunta, o None.

    Lo dice su criterio: «Cantonal → provincial».
    """
    nivel = pregunta.criterio.partition("→")[2].strip().lower()
    codigo = gad.pk[: LARGOS[nivel]] if nivel in LARGOS else None
    return codigo if codigo in superiores_por_codigo(gad) else None


def _elementos(gads, usuario):
    """{código: textos} de la última evaluación aprobada de cada GAD que `usuario` puede ver."""
    aprobadas = Evaluacion.objects.visibles_para(usuario).filter(
        estado=Evaluacion.Estado.APROBADA, pdot__gad__in=gads
    )
    filas = ElementoVision.objects.filter(evaluacion__in=aprobadas.values("pk")).order_by(
        "evaluacion__pdot__anio_desde", "evaluacion__numero", "orden"
    )
    ultimas = {}
    for gad, evaluacion, texto in filas.values_list("evaluacion__pdot__gad", "evaluacion", "texto"):
        anterior, textos = ultimas.get(gad, (None, []))
        ultimas[gad] = (evaluacion, [*textos, texto] if anterior == evaluacion else [texto])
    return {gad: textos for gad, (_, textos) in ultimas.items()}
