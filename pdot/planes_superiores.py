"""Lo que dice el plan de un nivel superior, para leerlo al lado de lo que se responde."""

from dataclasses import dataclass, field

from django.db.models import Exists, FilteredRelation, OuterRef

from territorios.models import Gad

from .models import ElementoVision, Evaluacion, Objetivo, Pdot
from .vinculos import CANTON, PROVINCIA, superiores_por_codigo

LARGOS = {"cantonal": CANTON, "provincial": PROVINCIA}


@dataclass
class PlanSuperior:
    """El PDOT más reciente de un GAD (None si no lo registró) y su nueva visión, si se ve."""

    gad: Gad
    plan: Pdot | None = None
    objetivos: list[Objetivo] = field(default_factory=list)
    elementos: list[str] = field(default_factory=list)

    @property
    def dice_algo(self):
        """Si de su plan se registró algo que leer, y no solo los años."""
        plan = self.plan
        return bool(plan and (plan.vision or plan.modelo_gestion or self.objetivos))


def planes_superiores(gads, usuario):
    """{código: PlanSuperior} de una consulta de GAD, en orden de código. Dos consultas."""
    posteriores = Pdot.objects.filter(
        gad=OuterRef("pk"), anio_desde__gt=OuterRef("el_plan__anio_desde")
    )
    filas = (
        gads.para_lista()
        .annotate(el_plan=FilteredRelation("planes"))
        .filter(~Exists(posteriores))
        .annotate(un_objetivo=FilteredRelation("el_plan__objetivos"))
        .select_related("el_plan", "un_objetivo")
        .order_by("pk", "un_objetivo__orden")
    )
    planes = {}
    for gad in filas:
        suyo = planes.setdefault(gad.pk, PlanSuperior(gad, getattr(gad, "el_plan", None)))
        if objetivo := getattr(gad, "un_objetivo", None):
            suyo.objetivos.append(objetivo)
    for codigo, textos in _elementos(planes, usuario).items():
        planes[codigo].elementos = textos
    return planes


def planes_de_su_territorio(gad, usuario):
    """{código: PlanSuperior} de los niveles superiores de su territorio, del más cercano."""
    codigos = superiores_por_codigo(gad)
    planes = planes_superiores(Gad.objects.filter(pk__in=codigos), usuario) if codigos else {}
    return {codigo: planes[codigo] for codigo in codigos if codigo in planes}


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
