"""El formulario de la evaluación en papel, para reuniones sin señal.

Casillas de SÍ, PARCIAL y NO y renglones para escribir, con el código de cada pregunta, para que la
zona o el GAD lo pasen después a la plataforma.
"""

from dataclasses import dataclass, field

from territorios.documentos import nombre_de_pdf
from territorios.emision import Pliego
from territorios.models import Gad

from .models import Informacion, Pregunta, Respuesta, Seccion
from .vinculos import otras_provincias, superiores_por_codigo

RENGLONES_DE_ESCALA, RENGLONES_DE_TEXTO = 2, 4
FILAS_DE_LISTA, FILAS_DE_INFORMACION = 8, 8


@dataclass
class Renglon:
    """Una pregunta del papel, con lo ya respondido si se pidió."""

    pregunta: Pregunta
    respuesta: Respuesta | None = None

    @property
    def vacios(self):
        """Los renglones para escribir; si ya hay texto, uno para corregir."""
        if self.respuesta and self.respuesta.texto:
            return range(1)
        return range(RENGLONES_DE_ESCALA if self.pregunta.es_escala else RENGLONES_DE_TEXTO)


@dataclass
class Pagina:
    """Una sección del papel: preguntas, o una hoja con `filas` escritas y otras en blanco."""

    seccion: Seccion
    renglones: list[Renglon] = field(default_factory=list)
    escritas: dict = field(default_factory=dict)


def formulario_en_pdf(instrumento, nivel, *, gad=None, pdot=None, escrita=None):
    """El Pliego del formulario de ese nivel, que es una hoja de trabajo.

    `escrita`: la evaluación cuyas respuestas se imprimen.
    """
    de_quien = gad.nombre_con_lugar if gad else f"GAD {Gad.Nivel(nivel).label.lower()}"
    de_que = [instrumento.numero, gad.pk if gad else nivel, *(x.pk for x in (pdot, escrita) if x)]
    return Pliego(
        "pdot/documentos/formulario.html",
        contexto_de_formulario(instrumento, nivel, gad=gad, pdot=pdot, escrita=escrita),
        titulo=f"Formulario de evaluación del PDOT: {de_quien}",
        clase="Formulario en papel",
        clave=":".join(["formulario", *map(str, de_que)]),
        nombre=nombre_de_formulario(instrumento, gad.nombre if gad else nivel),
        numera=False,
    )


def nombre_de_formulario(instrumento, de_quien):
    return nombre_de_pdf("Formulario evaluación PDOT", f"v{instrumento.numero}", de_quien)


def contexto_de_formulario(instrumento, nivel, *, gad=None, pdot=None, escrita=None):
    return {
        "instrumento": instrumento,
        "nivel": Gad.Nivel(nivel).label,
        "gad": gad,
        "pdot": pdot,
        "escrita": escrita,
        "paginas": _paginas(instrumento, nivel, escrita),
        "superiores": _superiores(gad, nivel, escrita),
        "hay_otras_provincias": bool(gad and otras_provincias(gad).exists()),
        "valores": Respuesta.Valor.choices,
        "situaciones": Informacion.Situacion.choices,
        "filas_de_lista": range(1, FILAS_DE_LISTA + 1),
        "filas_de_informacion": range(FILAS_DE_INFORMACION),
    }


def paginas_para(instrumento, nivel):
    """[(sección, preguntas)] que ve un nivel de GAD: las secciones sin preguntas suyas, no.

    Las hojas con forma propia van siempre, menos la de vínculos donde no hay nivel superior.
    """
    secciones = instrumento.secciones.prefetch_related("preguntas").order_by("orden")
    paginas = [(s, [p for p in s.preguntas.all() if p.se_hace_a(nivel)]) for s in secciones]
    return [(s, suyas) for s, suyas in paginas if suyas or _hoja_de(s, nivel)]


def _hoja_de(seccion, nivel):
    if seccion.clase == Seccion.Clase.VINCULOS:
        return nivel not in Gad.PROVINCIALES
    return seccion.es_hoja


def _paginas(instrumento, nivel, escrita):
    respuestas = {r.pregunta_id: r for r in escrita.respuestas.all()} if escrita else {}
    return [
        Pagina(
            seccion,
            [Renglon(pregunta, respuestas.get(pregunta.pk)) for pregunta in preguntas],
            _escritas(seccion, escrita),
        )
        for seccion, preguntas in paginas_para(instrumento, nivel)
    ]


def _escritas(seccion, escrita):
    """Lo ya anotado en una hoja con forma propia: {qué: filas}."""
    if escrita is None:
        return {}
    if seccion.clase == Seccion.Clase.VISION:
        return {
            "elementos": list(escrita.elementos_vision.order_by("orden")),
            "problemas": list(escrita.problemas.order_by("orden")),
        }
    if seccion.clase == Seccion.Clase.VINCULOS:
        return {"vinculos": list(escrita.vinculos.select_related("con__territorio__padre__padre"))}
    if seccion.clase == Seccion.Clase.INFORMACION:
        return {"informacion": list(escrita.informacion.all())}
    return {}


def _superiores(gad, nivel, escrita):
    """Los planes con que falta compararse: por su nombre si se sabe de qué GAD es, o su nivel."""
    if gad is None:
        return {
            Gad.Nivel.PARROQUIAL: ["su cantón", "su provincia"],
            Gad.Nivel.MUNICIPAL: ["su provincia"],
            Gad.Nivel.METROPOLITANO: ["su provincia"],
        }.get(nivel, [])
    hechos = set(escrita.vinculos.values_list("con", flat=True)) if escrita else set()
    codigos = [codigo for codigo in superiores_por_codigo(gad) if codigo not in hechos]
    por_codigo = Gad.objects.filter(pk__in=codigos).para_lista().in_bulk()
    return [por_codigo[codigo].nombre_con_lugar for codigo in codigos if codigo in por_codigo]
