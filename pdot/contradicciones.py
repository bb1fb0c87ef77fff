"""Dónde concuerdan, se contradicen o se ignoran los planes de un grupo.

Una contradicción es siempre de una regla escrita: se aplica igual a todos, se lee junto a lo que
halló y enlaza a las filas de donde sale. Ninguna juzga quién tiene razón.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q

from territorios.models import Gad
from territorios.texto import sin_tildes

from .models import ElementoVision, Pregunta, Respuesta
from .red import Arista, Estado
from .similitud import UMBRAL, parecido, partes

# Con qué palabra nombra cada escalón el criterio de una pregunta de coherencia externa.
ESCALON_DE_PALABRA = {
    "parroquial": "parroquiales",
    "cantonal": "municipales",
    "municipal": "municipales",
    "provincial": "provinciales",
}


@dataclass(frozen=True)
class Regla:
    codigo: str
    nombre: str
    dice: str


REGLAS = {
    regla.codigo: regla
    for regla in (
        Regla(
            "si-incompatible",
            "Se vincula, y lo da por incompatible",
            "Un GAD responde que su plan se vincula (SÍ) con el de otro y, en la misma hoja, anota "
            "aspectos incompatibles con él.",
        ),
        Regla(
            "respuesta-vinculo",
            "La pregunta dice una cosa y el vínculo otra",
            "A la pregunta de coherencia externa entre esos dos niveles el GAD responde SÍ y en la "
            "hoja de vínculos NO, o al revés.",
        ),
        Regla(
            "cadena",
            "La cadena se rompe en medio",
            "Una parroquia dice que se vincula (SÍ) con su cantón y con su provincia, y el cantón "
            "dice que no se vincula (NO) con esa provincia.",
        ),
        Regla(
            "vision-comun",
            "Comparten visión y dicen no vincularse",
            "Un GAD responde que su plan no se vincula (NO) con el de otro, y los dos anotaron un "
            f"mismo elemento para la nueva visión (se parecen {UMBRAL} o más, de 100).",
        ),
        Regla(
            "aspecto-opuesto",
            "Lo que para uno choca, para otro suma",
            "Sobre el plan de un mismo GAD, uno anota un aspecto entre los incompatibles y otro "
            f"anota ese mismo aspecto entre las sinergias (se parecen {UMBRAL} o más, de 100).",
        ),
    )
}


@dataclass
class Aspecto:
    """Un renglón de incompatibles o de sinergias, de quién y con quién."""

    texto: str
    arista: Arista


@dataclass
class Contradiccion:
    """Lo que una regla halló, en palabras, con las aristas y la pregunta de donde sale."""

    regla: Regla
    dice: str
    aristas: list[Arista]
    respuesta: Respuesta | None = None
    gads: set[str] = field(default_factory=set)

    def __post_init__(self):
        for arista in self.aristas:
            self.gads |= {arista.de.gad.pk, arista.con.gad.pk}


@dataclass
class Lectura:
    """El grupo leído de una vez: aspectos, contradicciones y qué pares hay de cada estado."""

    aristas: dict[Estado, list[Arista]]
    incompatibles: list[Aspecto]
    sinergias: list[Aspecto]
    contradicciones: list[Contradiccion]

    @property
    def concuerdan(self):
        return self.aristas[Estado.SI]

    @property
    def en_parte(self):
        return self.aristas[Estado.PARCIAL]

    @property
    def no_se_vinculan(self):
        return self.aristas[Estado.NO]

    @property
    def se_ignoran(self):
        return self.aristas[Estado.SIN]

    @property
    def pares(self):
        return sum(map(len, self.aristas.values()))


def lectura_de(red, filas, gad=""):
    """Lectura de la red y las filas ya leídas; con `gad`, solo lo que lo toca. Dos consultas."""
    aristas = {estado: [] for estado in Estado}
    propias = [a for a in red.aristas if gad in ("", a.de.gad.pk, a.con.gad.pk)]
    for arista in propias:
        aristas[arista.estado].append(arista)
    halladas = contradicciones_de(red, filas)
    return Lectura(
        aristas,
        [Aspecto(texto, a) for a in propias for texto in a.incompatibles],
        [Aspecto(texto, a) for a in propias for texto in a.sinergias],
        [una for una in halladas if not gad or gad in una.gads],
    )


def contradicciones_de(red, filas):
    """Todas, regla por regla. Dos consultas: las respuestas externas y los elementos de visión."""
    gad_de = {fila.evaluacion.pk: fila.gad.pk for fila in filas if fila.esta_aprobada}
    return [
        *_si_incompatible(red),
        *_respuesta_y_vinculo(red, gad_de),
        *_cadena(red),
        *_vision_comun(red, gad_de),
        *_aspecto_opuesto(red),
    ]


# --- Reglas -------------------------------------------------------------------------------------


def _si_incompatible(red):
    for arista in red.aristas:
        if arista.estado == Estado.SI and arista.incompatibles:
            dice = (
                f"{arista.de.nombre} dice que se vincula con {arista.con.nombre} y anota como "
                f"incompatible: {'; '.join(arista.incompatibles)}."
            )
            yield Contradiccion(REGLAS["si-incompatible"], dice, [arista])


def _respuesta_y_vinculo(red, gad_de):
    respuestas = _externas(gad_de)
    for arista in red.aristas:
        for respuesta in respuestas[arista.de.gad.pk]:
            pregunta = respuesta.pregunta
            if _es_de(arista, niveles_de(pregunta)) and _se_oponen(respuesta.valor, arista.estado):
                yield Contradiccion(
                    REGLAS["respuesta-vinculo"],
                    f"{arista.de.nombre} responde {respuesta.get_valor_display()} a "
                    f"«{pregunta.texto}» y en la hoja de vínculos dice de "
                    f"{arista.con.nombre}: {arista.estado.label.lower()}.",
                    [arista],
                    respuesta,
                )


def _externas(gad_de):
    """{código: [respuesta]} a las preguntas que pueden comparar dos escalones. Una consulta."""
    nombra_un_escalon = Q()
    for palabra in ESCALON_DE_PALABRA:
        nombra_un_escalon |= Q(pregunta__criterio__icontains=palabra)
    filas = Respuesta.objects.filter(
        nombra_un_escalon, evaluacion__in=list(gad_de), pregunta__tipo=Pregunta.Tipo.ESCALA
    )
    respuestas = defaultdict(list)
    en_orden = filas.order_by("pregunta__seccion__orden", "pregunta__orden", "pregunta_id")
    for respuesta in en_orden.select_related("pregunta"):
        respuestas[gad_de[respuesta.evaluacion_id]].append(respuesta)
    return respuestas


def niveles_de(pregunta):
    """(escalón que responde, escalón con que se compara), de su criterio; None si no compara.

    Se lee de las palabras y no de un código: la central edita el instrumento, y «Parroquial →
    cantonal» y «Vínculo parroquial con lo cantonal» preguntan lo mismo.
    """
    palabras = re.findall(r"[a-z]+", sin_tildes(pregunta.criterio))
    escalones = [
        ESCALON_DE_PALABRA[palabra] for palabra in palabras if palabra in ESCALON_DE_PALABRA
    ]
    return tuple(escalones) if len(escalones) == 2 else None


def _es_de(arista, niveles):
    return (Gad.COLUMNA[arista.de.gad.nivel], Gad.COLUMNA[arista.con.gad.nivel]) == niveles


def _se_oponen(valor, estado):
    return {valor, estado} == {Respuesta.Valor.SI, Respuesta.Valor.NO}


def _cadena(red):
    por_par = {(a.de.gad.pk, a.con.gad.pk): a for a in red.aristas}
    for (de, con), arista in por_par.items():
        if arista.estado != Estado.NO or arista.de.gad.nivel not in Gad.MUNICIPALES:
            continue
        for abajo in red.aristas:
            arriba = por_par.get((abajo.de.gad.pk, con))
            if abajo.con.gad.pk == de and arriba and _las_dos_si(abajo, arriba):
                dice = (
                    f"{abajo.de.nombre} dice que se vincula con {arista.de.nombre} y con "
                    f"{arista.con.nombre}, pero {arista.de.nombre} dice que no se vincula con "
                    f"{arista.con.nombre}."
                )
                yield Contradiccion(REGLAS["cadena"], dice, [abajo, arriba, arista])


def _las_dos_si(una, otra):
    return una.estado == otra.estado == Estado.SI


def _vision_comun(red, gad_de):
    opuestas = [arista for arista in red.aristas if arista.estado == Estado.NO]
    elementos = _elementos(gad_de)
    for arista in opuestas:
        de, con = elementos[arista.de.gad.pk], elementos[arista.con.gad.pk]
        comunes = [uno for uno in de if any(hablan_de_lo_mismo(uno, otro) for otro in con)]
        if comunes:
            dice = (
                f"{arista.de.nombre} dice que no se vincula con {arista.con.nombre}, y los dos "
                f"anotaron para la nueva visión: {'; '.join(comunes)}."
            )
            yield Contradiccion(REGLAS["vision-comun"], dice, [arista])


def _aspecto_opuesto(red):
    sobre = defaultdict(list)
    for arista in red.aristas:
        if arista.sinergias:
            sobre[arista.con.gad.pk].append(arista)
    for arista in red.aristas:
        for texto in arista.incompatibles:
            for otra in sobre[arista.con.gad.pk]:
                if otra.de is arista.de:
                    continue
                if any(hablan_de_lo_mismo(texto, suyo) for suyo in otra.sinergias):
                    dice = (
                        f"Sobre el plan de {arista.con.nombre}, {arista.de.nombre} da «{texto}» "
                        f"por incompatible y {otra.de.nombre} lo cuenta como sinergia."
                    )
                    yield Contradiccion(REGLAS["aspecto-opuesto"], dice, [arista, otra])


def _elementos(gad_de):
    """{código: [parte]} de los elementos de visión de cada evaluación aprobada. Una consulta."""
    filas = ElementoVision.objects.filter(evaluacion__in=list(gad_de)).order_by("orden", "pk")
    elementos = defaultdict(list)
    for evaluacion, texto in filas.values_list("evaluacion", "texto"):
        elementos[gad_de[evaluacion]] += partes(texto)
    return elementos


def hablan_de_lo_mismo(uno, otro):
    return parecido(uno, otro) >= UMBRAL
