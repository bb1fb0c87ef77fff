"""La Ficha del GAD: en dos páginas, lo que la plataforma sabe de él y puede ver quien la pide."""

from collections import Counter
from dataclasses import dataclass

from acompanamiento.models import Acuerdo
from territorios.documentos import nombre_de_pdf
from territorios.emision import Pliego

from .ficha import ficha_de_gad
from .models import Evaluacion, Pdot, Respuesta
from .plan import objetivos_de
from .proceso import linea_de_hitos

# Lo que cabe en dos páginas; de lo demás se dice cuánto hay.
TOPES = {
    "encuentros": 5,
    "acuerdos": 5,
    "necesidades": 5,
    "objetivos": 8,
    "proyectos": 6,
    "brechas": 5,
    "autoridades": 3,
    "grupos": 4,
}
VISION_MAXIMA = 400
EVALUACIONES_EN_LA_GRAFICA = 3
# Medidas de la gráfica, en unidades del SVG.
ANCHO_ROTULO, ANCHO_BARRA, ALTO_FILA = 150, 330, 22
RELLENOS = {"si": "#1c2529", "parcial": "#a9b3b8", "no": "#ffffff"}
TINTAS = {"si": "#ffffff", "parcial": "#1c2529", "no": "#1c2529"}


@dataclass
class Recorte:
    """Los primeros de una lista y cuántos quedaron fuera."""

    suyos: list
    mas: int


@dataclass
class Tramo:
    """Una parte de la barra: cuántas respuestas, dónde empieza y cómo se pinta."""

    valor: str
    nombre: str
    cuantas: int
    x: int
    ancho: int
    relleno: str
    tinta: str

    @property
    def centro(self):
        return self.x + self.ancho // 2


@dataclass
class Barra:
    evaluacion: Evaluacion
    y: int
    tramos: list[Tramo]

    @property
    def en_palabras(self):
        return ", ".join(f"{tramo.nombre} {tramo.cuantas}" for tramo in self.tramos)


def pliego_de_ficha(familia, usuario):
    """El Pliego de la ficha. Solo lo que `usuario` ve en la plataforma."""
    gad = familia.gad
    return Pliego(
        "pdot/documentos/ficha_de_gad.html",
        contexto(familia, usuario),
        titulo=f"Ficha del GAD · {gad.nombre_con_lugar}",
        clase="Ficha del GAD",
        clave=f"ficha:{gad.pk}",
        nombre=nombre_de_archivo(gad),
    )


def nombre_de_archivo(gad):
    return nombre_de_pdf("Ficha", gad.pk, gad.nombre)


def contexto(familia, usuario):
    """Lo que imprime la plantilla, ya contado y recortado."""
    ficha = ficha_de_gad(familia, usuario)
    gad, planes = familia.gad, ficha["planes"]
    principal = _principal(planes)
    evaluaciones = [e for plan in planes for e in plan.visibles]
    barras = barras_de([e for e in evaluaciones if e.se_lee_como_esta(usuario)])
    acuerdos = Acuerdo.objects.visibles_para(usuario).filter(responsable_gad=gad)
    programa = next(iter(ficha["programas"]), None)
    largas = {
        "encuentros": ficha["encuentros"],
        "acuerdos": acuerdos.order_by("fecha_limite", "pk"),
        "necesidades": ficha["necesidades"],
        "objetivos": objetivos_de(principal) if principal else [],
        "proyectos": programa.proyectos.all() if programa else [],
        "brechas": principal.brechas.select_related("competencia") if principal else [],
        "autoridades": ficha["autoridades"],
        "grupos": ficha["grupos"],
    }
    return {
        **ficha,
        **{nombre: _recortar(cosas, TOPES[nombre]) for nombre, cosas in largas.items()},
        "usuario": usuario,
        "plan": principal,
        "otros_planes": [plan for plan in planes if plan != principal],
        "programa": programa,
        "vision_maxima": VISION_MAXIMA,
        "linea": linea_de_hitos(gad, usuario) if ficha["sigue_su_proceso"] else None,
        "barras": barras,
        "alto": ALTO_FILA * len(barras) + 4,
        "ancho": ANCHO_ROTULO + ANCHO_BARRA + 1,
    }


def _principal(planes):
    """El vigente o, si no, el último."""
    vigentes = [plan for plan in planes if plan.estado == Pdot.Estado.VIGENTE]
    return next(iter([*vigentes, *planes]), None)


def _recortar(cosas, tope):
    todas = list(cosas)
    return Recorte(todas[:tope], max(len(todas) - tope, 0))


# --- Gráfica ------------------------------------------------------------------------------------


def barras_de(evaluaciones):
    """Una Barra por evaluación, la última primero, con sus SÍ, PARCIAL y NO. Una consulta."""
    mostradas = evaluaciones[:EVALUACIONES_EN_LA_GRAFICA]
    valores = Respuesta.objects.filter(evaluacion__in=mostradas).exclude(valor="")
    cuenta = Counter(valores.order_by().values_list("evaluacion", "valor"))
    barras = []
    for evaluacion in mostradas:
        suyos = {valor: cuenta[evaluacion.pk, valor] for valor in Respuesta.Valor.values}
        if any(suyos.values()):
            barras.append(Barra(evaluacion, ALTO_FILA * len(barras), _tramos(suyos)))
    return barras


def _tramos(cuenta):
    total, x, tramos = sum(cuenta.values()), ANCHO_ROTULO, []
    for valor, cuantas in cuenta.items():
        ancho = round(ANCHO_BARRA * cuantas / total)
        if cuantas:
            nombre = Respuesta.Valor(valor).label
            tramos.append(Tramo(valor, nombre, cuantas, x, ancho, RELLENOS[valor], TINTAS[valor]))
        x += ancho
    return tramos
