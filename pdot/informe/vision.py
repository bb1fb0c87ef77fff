"""Elementos de la nueva visión: los de cada GAD, los de cada grupo y la visión que acordó."""

from dataclasses import dataclass, field

from django.db.models import Prefetch

from pdot.documentos import sin_equivoco
from pdot.models import ElementoVision, Pertenencia, TemaDeVision, VisionCircunvecina
from territorios.models import Gad
from territorios.texto import cuantos, enumerar

from .graficos import barras
from .secciones import Seccion

TEMAS_EN_EL_GRAFICO = 10
TEMAS_DE_UN_RENGLON = 3


@dataclass
class VisionDeGrupo:
    """`comunes`: los elementos de todo el grupo. `fichas`: [(de quiénes, [elemento])], los que
    varios GAD escribieron juntos. `leidas`: lo de cada GAD. `temas`: [(nombre, [GAD])].
    """

    grupo: object
    comunes: list
    fichas: list
    leidas: list
    temas: list = field(default_factory=list)
    acordada: VisionCircunvecina | None = None

    @property
    def hay_algo(self):
        return bool(self.comunes or self.fichas or self.leidas or self.temas or self.acordada)

    @property
    def temas_mas_dichos(self):
        """Los nombres de los que más GAD comparten."""
        return [nombre for nombre, gads in self.temas if gads][:TEMAS_DE_UN_RENGLON]

    @property
    def cuantos_elementos(self):
        de_fichas = sum(len(suyos) for _, suyos in self.fichas)
        return len(self.comunes) + de_fichas + sum(len(leida.elementos) for leida in self.leidas)


def contexto(alcance):
    """[VisionDeGrupo] con algo, qué grupos no tienen nada y los temas más compartidos."""
    grupos, miembros, _, leidas = alcance.aprobado
    todas = visiones_de(grupos, miembros, leidas)
    temas = _temas(grupos, miembros)
    acordadas = _acordadas(grupos)
    for una in todas:
        una.temas, una.acordada = temas[una.grupo.pk], acordadas.get(una.grupo.pk)
    return {
        "visiones": [una for una in todas if una.hay_algo],
        "resumido": alcance.es_resumido,
        "sin_vision": [una.grupo for una in todas if not una.hay_algo],
        "acordadas": len(acordadas),
        "hay_dudosas": any(_hay_dudosas(una) for una in todas),
        "grafico": _grafico(todas),
    }


def visiones_de(grupos, miembros, leidas):
    """[VisionDeGrupo] sin sus temas ni su texto acordado. Dos consultas.

    `leidas`: {GAD: EvaluacionLeida}, lo aprobado.
    """
    suyos = Prefetch("gads", Gad.objects.para_lista())
    elementos = ElementoVision.objects.filter(grupo__in=grupos).order_by("orden", "pk")
    por_grupo = {grupo.pk: [] for grupo in grupos}
    for elemento in elementos.prefetch_related(suyos):
        por_grupo[elemento.grupo_id].append(elemento)
    return [
        _vision(grupo, por_grupo[grupo.pk], _con_elementos(miembros[grupo.pk], leidas))
        for grupo in grupos
    ]


def _vision(grupo, elementos, leidas):
    comunes = [uno for uno in elementos if not uno.gads.all()]
    fichas = _por_gads([uno for uno in elementos if uno.gads.all()])
    return VisionDeGrupo(grupo, comunes, fichas, leidas)


def _con_elementos(gads, leidas):
    suyas = [leidas[gad.pk] for gad in gads if gad.pk in leidas]
    return [leida for leida in suyas if leida.elementos]


def _por_gads(elementos):
    """[(«San Vicente y Sucre», [elemento, …])]. Por código: Esmeraldas es provincia y es cantón."""
    nombres = sin_equivoco([gad for elemento in elementos for gad in elemento.gads.all()])
    fichas = {}
    for elemento in elementos:
        codigos = tuple(sorted(gad.pk for gad in elemento.gads.all()))
        fichas.setdefault(codigos, []).append(elemento)
    return [(enumerar([nombres[uno] for uno in codigos]), fichas[codigos]) for codigos in fichas]


def _temas(grupos, miembros):
    """{grupo: [(tema, [GAD que lo dicen])]} de los confirmados, del más compartido al menos."""
    dichas = Pertenencia.objects.filter(
        tema__grupo__in=grupos, tema__estado=TemaDeVision.Estado.CONFIRMADO
    )
    quienes, nombres = {}, {}
    for tema, grupo, nombre, gad in dichas.order_by("tema__nombre", "tema", "pk").values_list(
        "tema", "tema__grupo", "tema__nombre", "gad"
    ):
        nombres[tema] = (grupo, nombre)
        quienes.setdefault(tema, set()).add(gad)
    temas = {grupo.pk: [] for grupo in grupos}
    for tema, (grupo, nombre) in nombres.items():
        dicen = [gad for gad in miembros[grupo] if gad.pk in quienes[tema]]
        temas[grupo].append((nombre, dicen))
    return {grupo: sorted(suyos, key=lambda par: -len(par[1])) for grupo, suyos in temas.items()}


def _acordadas(grupos):
    """{grupo: la última versión acordada}."""
    estado = VisionCircunvecina.Estado.ACORDADA
    acordadas = VisionCircunvecina.objects.filter(grupo__in=grupos, estado=estado)
    en_orden = acordadas.select_related("encuentro").order_by("numero")
    return {una.grupo_id: una for una in en_orden}


def _hay_dudosas(una):
    de_fichas = [elemento for _, suyos in una.fichas for elemento in suyos]
    de_gads = [elemento for leida in una.leidas for elemento in leida.elementos]
    return any(elemento.dudosa for elemento in [*una.comunes, *de_fichas, *de_gads])


def _grafico(visiones):
    """Cuántos GAD dicen cada tema confirmado; None si no hay ninguno."""
    filas = [
        (f"{nombre} (grupo {una.grupo.numero})", len(gads))
        for una in visiones
        for nombre, gads in una.temas
        if gads
    ]
    filas.sort(key=lambda fila: -fila[1])
    que = cuantos(min(len(filas), TEMAS_EN_EL_GRAFICO), "tema", "temas")
    titulo = f"Los {que} de visión que más GAD comparten"
    return barras(filas[:TEMAS_EN_EL_GRAFICO], titulo=titulo, unidad="GAD", nombre="Tema")


SECCION = Seccion("vision", "Nueva visión", "pdot/informe/vision.html", contexto)
