"""Coherencia de los planes de un grupo: quién respondió qué, sobre lo aprobado."""

from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import F, OrderBy, Q, Window
from django.db.models.functions import RowNumber

from acompanamiento.models import Membresia
from territorios.models import Gad

from .models import Evaluacion, Pregunta, Respuesta

ORDEN_DE_NIVELES = list(Gad.Nivel.values)


class Dicha(NamedTuple):
    """Lo que una evaluación responde a una pregunta de escala. Son cientos: no se arman modelos."""

    pregunta: Pregunta
    valor: str
    texto: str
    dudosa: bool

    def get_valor_display(self):
        return Respuesta.Valor(self.valor).label


@dataclass
class Fila:
    """Un GAD: su última evaluación aprobada o, si no la hay, la abierta que se pueda ver."""

    gad: Gad
    evaluacion: Evaluacion | None
    celdas: list[tuple[Pregunta, Dicha | None]] = field(default_factory=list)

    @property
    def respondidas(self):
        return sum(1 for _, respuesta in self.celdas if respuesta)

    @property
    def esta_aprobada(self):
        return bool(self.evaluacion) and self.evaluacion.estado == Evaluacion.Estado.APROBADA


@dataclass
class Matriz:
    """GAD × pregunta de escala. Las respuestas se juntan por código de pregunta, así que dos
    versiones del instrumento caben en la misma matriz."""

    preguntas: list[Pregunta]
    filas: list[Fila]
    # (instrumento, código) → la pregunta tal como se hizo en esa versión.
    hechas: dict[tuple[int, str], Pregunta] = field(default_factory=dict)

    @property
    def evaluadas(self):
        """Las que se cuentan: aprobadas y con alguna respuesta de escala."""
        return [fila for fila in self.filas if fila.esta_aprobada and fila.respondidas]

    @property
    def propias(self):
        """Lo respondido por quien mira y aún sin aprobar: lo ve solo su GAD y no se cuenta."""
        return [fila for fila in self.filas if fila.respondidas and not fila.esta_aprobada]

    def se_hace(self, fila, pregunta):
        """Si a ese GAD se le hizo la pregunta: ni toda versión ni todo nivel las lleva todas."""
        hecha = self.hechas.get((fila.evaluacion.instrumento_id, pregunta.codigo))
        return hecha is not None and hecha.se_hace_a(fila.gad.nivel)


def matriz_de_grupo(grupo, usuario):
    """Matriz de los miembros vigentes del grupo, con lo que `usuario` puede ver.

    Lo aprobado; y de lo que no lo está, solo lo que su propio GAD lleva respondido. Cuatro
    consultas, sean cuantos sean los miembros.
    """
    return matrices_de({grupo.pk: miembros_de(grupo)}, usuario)[grupo.pk]


def filas_de_grupo(grupo, usuario):
    """[Fila] de los miembros vigentes sin lo que respondieron. Dos consultas."""
    gads = miembros_de(grupo)
    evaluaciones = ultimas_de(gads, usuario)
    return [Fila(gad, evaluaciones.get(gad.pk)) for gad in gads]


def matrices_de(miembros, usuario):
    """{grupo: Matriz} de {grupo: [GAD]}. Tres consultas, sean cuantos sean los grupos."""
    gads = {gad.pk for suyos in miembros.values() for gad in suyos}
    evaluaciones = ultimas_de(gads, usuario)
    hechas = _preguntas(evaluaciones.values())
    respuestas = _respuestas(evaluaciones.values(), hechas, usuario)
    return {
        grupo: _matriz(suyos, evaluaciones, respuestas, hechas) for grupo, suyos in miembros.items()
    }


def _matriz(gads, evaluaciones, respuestas, hechas):
    suyas = [evaluaciones[gad.pk] for gad in gads if gad.pk in evaluaciones]
    instrumentos = {evaluacion.instrumento_id for evaluacion in suyas}
    hechas = {clave: p for clave, p in hechas.items() if clave[0] in instrumentos}
    preguntas = list({pregunta.codigo: pregunta for pregunta in hechas.values()}.values())
    filas = [_fila(gad, evaluaciones.get(gad.pk), preguntas, respuestas) for gad in gads]
    return Matriz(preguntas, filas, hechas)


def miembros_de(grupo):
    """Los GAD que hoy son miembros, de la provincia a la parroquia. Una consulta."""
    membresias = Membresia.objects.vigentes_en().filter(grupo=grupo)
    gads = Gad.objects.filter(pk__in=membresias.values("gad"))
    return sorted(gads.para_nombrar(), key=_lugar)


def miembros_por_grupo(grupos):
    """{grupo: [GAD]} de lo mismo. Dos consultas, sean cuantos sean los grupos."""
    membresias = Membresia.objects.vigentes_en().filter(grupo__in=grupos)
    gads = Gad.objects.filter(pk__in=membresias.values("gad")).para_lista().in_bulk()
    miembros = {grupo.pk: {} for grupo in grupos}
    for grupo, codigo in membresias.values_list("grupo", "gad"):
        miembros[grupo][codigo] = gads[codigo]
    return {grupo: sorted(suyos.values(), key=_lugar) for grupo, suyos in miembros.items()}


def _lugar(gad):
    return ORDEN_DE_NIVELES.index(gad.nivel), gad.pk


def ultimas_de(gads, usuario):
    """GAD → evaluación: la aprobada más reciente o, si no hay, la abierta más reciente."""
    visibles = Evaluacion.objects.visibles_para(usuario).filter(pdot__gad__in=gads)
    # El lugar se cuenta en la base: de seis evaluaciones por GAD se trae una.
    primero = [Q(estado=Evaluacion.Estado.APROBADA), F("pdot__anio_desde"), F("numero")]
    lugar = Window(
        RowNumber(),
        partition_by=F("pdot__gad"),
        order_by=[OrderBy(campo, descending=True) for campo in primero],
    )
    ultimas = visibles.order_by().annotate(lugar=lugar).filter(lugar=1).select_related("pdot")
    return {evaluacion.pdot.gad_id: evaluacion for evaluacion in ultimas}


def aprobadas_de(gads, usuario):
    """GAD → su última evaluación aprobada que `usuario` puede ver. Una consulta."""
    aprobada = Evaluacion.Estado.APROBADA
    ultimas = ultimas_de(gads, usuario).items()
    return {codigo: evaluacion for codigo, evaluacion in ultimas if evaluacion.estado == aprobada}


def _respuestas(evaluaciones, hechas, usuario):
    """(evaluación, código de pregunta) → Dicha, de lo aprobado y de lo del propio GAD."""
    legibles = [
        e.pk
        for e in evaluaciones
        if e.estado == Evaluacion.Estado.APROBADA or e.pdot.gad_id == usuario.gad_id
    ]
    preguntas = {pregunta.pk: pregunta for pregunta in hechas.values()}
    filas = Respuesta.objects.filter(evaluacion__in=legibles).exclude(valor="").order_by()
    respuestas = {}
    for evaluacion, clave, *dicho in filas.values_list(
        "evaluacion", "pregunta", "valor", "texto", "dudosa"
    ):
        if pregunta := preguntas.get(clave):
            respuestas[evaluacion, pregunta.codigo] = Dicha(pregunta, *dicho)
    return respuestas


def _preguntas(evaluaciones):
    """(instrumento, código) → pregunta de escala, en el orden del formulario."""
    instrumentos = sorted({e.instrumento_id for e in evaluaciones})
    de_escala = Pregunta.objects.filter(
        seccion__instrumento__in=instrumentos, tipo=Pregunta.Tipo.ESCALA
    )
    en_orden = de_escala.select_related("seccion").order_by("seccion__orden", "orden", "pk")
    return {(p.seccion.instrumento_id, p.codigo): p for p in en_orden}


def _fila(gad, evaluacion, preguntas, respuestas):
    clave = evaluacion.pk if evaluacion else None
    return Fila(gad, evaluacion, [(p, respuestas.get((clave, p.codigo))) for p in preguntas])
