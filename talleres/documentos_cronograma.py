"""El «Cronograma de trabajo» en PDF: apaisado y con las filas del Anexo 1 (S:863-913)."""

from dataclasses import dataclass, field
from itertools import groupby, zip_longest

from django.db.models import prefetch_related_objects

from acompanamiento.models import Membresia
from territorios.documentos import nombre_de_pdf
from territorios.emision import Pliego
from territorios.models import Gad
from territorios.texto import enumerar

from .cronograma import Semana, armar_semana, periodo_en_palabras
from .models import Encuentro, PlantillaEncuentro, Traslado

# Los rótulos de cada puesto, en el orden del Anexo 1.
ROTULOS = {
    "movilizacion": "Movilización",
    "lugar": "Lugar",
    "hora": "Hora",
    "tema": "Tema",
    "participantes": "Participantes",
}
Tipo = Encuentro.Tipo
DIAS_HABILES = 5
TOPE_DE_ENCUENTROS = 300


class DemasiadoLargo(Exception):
    """No cabe en un documento que alguien vaya a leer; el mensaje dice qué hacer."""


@dataclass
class Puesto:
    """Un lugar de la mañana o de la tarde: lo que se viaja para llegar y el encuentro."""

    traslados: list[Traslado] = field(default_factory=list)
    encuentro: Encuentro | None = None


@dataclass
class Fila:
    """Un renglón de la tabla: el mismo dato de cada día. `celdas`: un Puesto o None por día."""

    clase: str
    celdas: list[Puesto | None]

    @property
    def rotulo(self):
        return ROTULOS[self.clase]


@dataclass
class Bloque:
    """Una semana: sus días y, por cada puesto de la mañana y de la tarde, (sigla, filas)."""

    semana: Semana
    provincias: str
    dias: list
    puestos: list


def cronograma_de_trabajo(programa):
    """El Pliego de lo que ve una persona, con sus filtros, que ya deben ser válidos.

    Firma la institución de la fecha en que empieza. Lanza DemasiadoLargo si pasa del tope.
    """
    filtro, estrategia = programa.filtro, programa.estrategia
    desde = filtro.cleaned_data["desde"] or estrategia.desde
    hasta = filtro.cleaned_data["hasta"] or estrategia.hasta
    cuantos = sum(veces for fecha, veces in programa.por_fecha() if desde <= fecha <= hasta)
    if cuantos > TOPE_DE_ENCUENTROS:
        raise DemasiadoLargo(
            f"Son {cuantos} encuentros y el documento lleva hasta {TOPE_DE_ENCUENTROS}: "
            "elija un período más corto o un grupo."
        )
    encuentros, traslados = programa.entre(desde, hasta)
    prefetch_related_objects(encuentros, "canton__padre")
    bloques = bloques_de(encuentros, traslados)
    fechas = sorted(pieza.fecha for pieza in (*encuentros, *traslados)) or [desde, hasta]
    contexto = {
        "fecha": fechas[0],
        "periodo": periodo_en_palabras(fechas[0], fechas[-1]),
        "estrategia": estrategia,
        "usuario": programa.usuario,
        "elegido": filtro.en_palabras,
        "grupos": _con_cantones(encuentros, fechas[0]),
        "bloques": bloques,
        "cuantos": len(encuentros),
        "traslados": len(traslados),
        "tipos": Encuentro.Tipo.choices,
        "insumos": insumos_de({encuentro.tipo for encuentro in encuentros}),
    }
    return Pliego(
        "talleres/documentos/cronograma.html",
        contexto,
        titulo=f"Cronograma de trabajo · {estrategia.nombre}",
        clase="Cronograma",
        clave=f"cronograma:{estrategia.pk}",
        nombre=nombre_de_pdf("Cronograma de trabajo", estrategia.codigo),
    )


def insumos_de(tipos):
    """[(título, insumos, [(tema, preguntas)])] de las plantillas activas de esos momentos.

    Es el cuadro con que cierra el Anexo 1; un taller de dos jornadas ocupa dos columnas.
    """
    columnas = []
    for plantilla in PlantillaEncuentro.objects.de_momentos(tipos - {Tipo.COMPLEMENTARIO}):
        piezas = list(plantilla.insumos.all()), list(plantilla.preguntas.all())
        jornadas = {pieza.jornada for suyas in piezas for pieza in suyas if pieza.jornada}
        for jornada in [j for j in Encuentro.Jornada if j in jornadas] or [""]:
            columnas.append(_columna(plantilla, jornada, *piezas))
    return [columna for columna in columnas if columna[1] or columna[2]]


def _columna(plantilla, jornada, insumos, preguntas):
    titulo = (
        f"{plantilla}, {Encuentro.Jornada(jornada).label.lower()}" if jornada else str(plantilla)
    )
    suyos, suyas = (
        [pieza for pieza in piezas if pieza.jornada in ("", jornada)]
        for piezas in (insumos, preguntas)
    )
    por_tema = [(tema, list(unas)) for tema, unas in groupby(suyas, lambda una: una.tema)]
    return titulo, suyos, por_tema


def bloques_de(encuentros, traslados):
    """Un Bloque por semana que tiene algo, en orden."""
    semanas = sorted({Semana.de(pieza.fecha) for pieza in (*encuentros, *traslados)})
    return [_bloque(semana, encuentros, traslados) for semana in semanas]


def _bloque(semana, encuentros, traslados):
    """De lunes a viernes siempre; el sábado y el domingo, solo si se usan."""
    dias = armar_semana(semana, encuentros, traslados)
    dias = [dia for lugar, dia in enumerate(dias) if lugar < DIAS_HABILES or dia.piezas]
    bandas = zip(*(dia.bandas for dia in dias), strict=True)
    return Bloque(
        semana,
        _provincias(pieza.encuentro for dia in dias for pieza in dia.piezas if pieza.encuentro),
        [dia.fecha for dia in dias],
        [(suyas[0].sigla, filas) for suyas in bandas for filas in puestos_de_la_semana(suyas)],
    )


def _provincias(encuentros):
    nombres = {e.canton.padre.nombre: e.canton.padre_id for e in encuentros if e.canton}
    return enumerar(sorted(nombres, key=nombres.get))


def puestos_de_la_semana(bandas):
    """Las Fila de cada puesto de una jornada. `bandas`: la de cada día.

    Se calla lo que ningún día tiene: la movilización o, si solo se viaja, lo demás.
    """
    por_dia = [puestos_de(banda.piezas) for banda in bandas]
    for puestos in zip_longest(*por_dia):
        viajan = any(puesto and puesto.traslados for puesto in puestos)
        se_reunen = any(puesto and puesto.encuentro for puesto in puestos)
        clases = [c for c in ROTULOS if (viajan if c == "movilizacion" else se_reunen)]
        yield [Fila(clase, puestos) for clase in clases]


def puestos_de(piezas):
    """Cada encuentro con los traslados que lo preceden; los que quedan sueltos, al final."""
    puestos, traslados = [], []
    for pieza in piezas:
        if pieza.traslado:
            traslados.append(pieza.traslado)
        else:
            puestos.append(Puesto(traslados, pieza.encuentro))
            traslados = []
    return [*puestos, Puesto(traslados)] if traslados else puestos


def _con_cantones(encuentros, fecha):
    """[(grupo, «Atacames, Esmeraldas (sede)»)] de los grupos de esos encuentros, por número."""
    grupos = {grupo.pk: grupo for encuentro in encuentros for grupo in encuentro.sus_grupos}
    miembros = Membresia.objects.vigentes(fecha).filter(
        grupo__in=grupos, gad__nivel__in=Gad.MUNICIPALES
    )
    cantones = {clave: [] for clave in grupos}
    for una in miembros.select_related("gad__territorio").order_by("gad"):
        sede = una.gad_id == grupos[una.grupo_id].sede_id
        cantones[una.grupo_id].append(f"{una.gad.nombre} (sede)" if sede else una.gad.nombre)
    en_orden = sorted(grupos.values(), key=lambda grupo: grupo.numero)
    return [(grupo, ", ".join(cantones[grupo.pk])) for grupo in en_orden]
