"""La evaluación de un PDOT en PDF, que se lee como las hojas de trabajo del Momento 3 (S:485-630).

Matriz de componentes por criterios con SÍ, PARCIAL o NO y sus notas; elementos de la nueva visión,
plan de gobierno, vínculos, información y problemas. Los nombres de quienes intervinieron, solo para
quien ve la revisión.
"""

import re
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass, field

from django.template.loader import render_to_string

from territorios.documentos import nombre_de_pdf
from territorios.emision import Pliego

from .lectura import llenado_para
from .models import ElementoVision, Evaluacion, Pregunta, Respuesta, Seccion

SIN_RESPUESTA = "sin"
VALORES = [*Respuesta.Valor.values, SIN_RESPUESTA]
# El criterio concuerda con su componente: «concreta», «concretos», «concreto» son el mismo.
TERMINACION = re.compile(r"(os|as|es|o|a|e)$")


@dataclass
class Celda:
    """Una pregunta con su respuesta (o None) y las notas del papelote, una por línea."""

    pregunta: Pregunta
    respuesta: Respuesta | None

    @property
    def notas(self):
        texto = self.respuesta.texto if self.respuesta else ""
        return [nota.strip() for nota in re.split(r"[;\n]", texto) if nota.strip()]

    @property
    def esta_vacia(self):
        return self.respuesta is None or self.respuesta.esta_vacia

    @property
    def valor(self):
        return self.respuesta.valor if self.respuesta else ""

    @property
    def dudosa(self):
        return bool(self.respuesta and self.respuesta.dudosa)


@dataclass
class Cuadro:
    """Criterios en filas y componentes en columnas; la celda que no se pregunta es None."""

    componentes: list[str]
    filas: list[tuple[str, list[Celda | None]]]


@dataclass
class Parte:
    """Una sección: su cuadro, si compara componentes, y las demás preguntas en lista."""

    seccion: Seccion
    cuadro: Cuadro | None = None
    celdas: list[Celda] = field(default_factory=list)


def evaluacion_en_pdf(evaluacion, usuario):
    """El Pliego de la evaluación con lo que `usuario` puede ver."""
    return Pliego(
        "pdot/documentos/evaluacion.html",
        contexto_de_evaluacion(evaluacion, usuario),
        titulo=f"Evaluación del PDOT de {evaluacion.gad.nombre_con_lugar}",
        clase="Evaluación",
        clave=f"evaluacion:{evaluacion.pk}",
        nombre=nombre_de_archivo(evaluacion),
    )


def nombre_de_archivo(evaluacion):
    return nombre_de_pdf("Evaluación PDOT", evaluacion.gad.nombre, str(evaluacion.numero))


def contexto_de_evaluacion(evaluacion, usuario):
    """Lo que la plantilla imprime. Cinco consultas a lo sumo, sean cuantas sean las preguntas."""
    llenado = llenado_para(evaluacion, usuario)
    partes, omitidas = partes_de(llenado)
    elementos = llenado.escrito[ElementoVision]
    celdas = [celda for parte in partes for celda in _celdas_de(parte)]
    return {
        "evaluacion": evaluacion,
        "partes": partes,
        "omitidas": omitidas,
        "grafica": _grafica(partes),
        "como_se_envio": llenado.momento,
        "vinculos": _vinculos(llenado),
        "informacion": llenado.informacion,
        "elementos": elementos,
        "problemas": llenado.filas_de_problemas,
        "aprobacion": _ultimo(llenado.pasos, Evaluacion.Estado.APROBADA),
        "envio": _ultimo(llenado.pasos, Evaluacion.Estado.ENVIADA),
        "con_revision": llenado.con_revision,
        "marca_de_agua": _marca_de_agua(evaluacion),
        "hay_dudosas": any(algo.dudosa for algo in [*celdas, *elementos]),
    }


def _vinculos(llenado):
    """(GAD, su Vinculo o None) de cada par; de lo transcrito, solo los que la hoja respondió."""
    hechos = [(vinculo.con, vinculo) for vinculo in llenado.vinculos.values()]
    if llenado.evaluacion.transcrita:
        return hechos
    return hechos + [(par.con, None) for par in llenado.pares if par.vinculo is None]


def _ultimo(pasos, estado):
    return next((paso for paso in reversed(pasos) if paso.a == estado), None)


def _marca_de_agua(evaluacion):
    """Lo aprobado no la lleva; lo demás todavía puede cambiar."""
    if evaluacion.estado == Evaluacion.Estado.APROBADA:
        return ""
    return "En revisión" if evaluacion.estado == Evaluacion.Estado.ENVIADA else "Borrador"


# --- Secciones ----------------------------------------------------------------------------------


def partes_de(llenado):
    """(secciones con preguntas para el nivel del GAD, en orden; cuántas se omiten).

    De lo transcrito se omiten las que la hoja original no preguntó o no respondió.
    """
    por_seccion, omitidas = {}, 0
    for pregunta in llenado.preguntas:
        celda = Celda(pregunta, llenado.respuestas.get(pregunta.pk))
        if llenado.evaluacion.transcrita and celda.esta_vacia:
            omitidas += 1
        else:
            por_seccion.setdefault(pregunta.seccion, []).append(celda)
    return [_parte(seccion, celdas) for seccion, celdas in por_seccion.items()], omitidas


def _parte(seccion, celdas):
    """Con dos componentes o más que se miden por criterios, un cuadro; lo demás, en lista."""
    del_cuadro = [c for c in celdas if c.pregunta.es_escala and c.pregunta.criterio]
    componentes = list(dict.fromkeys(c.pregunta.componente for c in del_cuadro))
    if len(componentes) < 2:
        return Parte(seccion, celdas=celdas)
    filas = {}
    for celda in del_cuadro:
        criterio = celda.pregunta.criterio
        nombre, fila = filas.setdefault(_raiz(criterio), (criterio, {}))
        fila[celda.pregunta.componente] = celda
    cuadro = Cuadro(
        componentes,
        [(nombre, [fila.get(uno) for uno in componentes]) for nombre, fila in filas.values()],
    )
    return Parte(seccion, cuadro, [celda for celda in celdas if celda not in del_cuadro])


def _raiz(criterio):
    primera, *resto = criterio.lower().split()
    return " ".join([TERMINACION.sub("", primera), *resto])


def _celdas_de(parte):
    del_cuadro = [c for _, fila in parte.cuadro.filas for c in fila] if parte.cuadro else []
    return [celda for celda in [*del_cuadro, *parte.celdas] if celda]


# --- Gráfica ------------------------------------------------------------------------------------

ANCHO, BARRA, SALTO = 480, 16, 42


def _grafica(partes):
    """{"imagen": dirección `data:`, "texto": lo mismo en palabras}, o None sin preguntas de escala.

    Una barra por sección, de ancho proporcional a cuántas respuestas hay de cada una.
    """
    barras = []
    for parte in partes:
        valores = [c.valor or SIN_RESPUESTA for c in _celdas_de(parte) if c.pregunta.es_escala]
        if valores:
            barras.append(_barra(parte.seccion.titulo, Counter(valores), len(barras)))
    if not barras:
        return None
    svg = render_to_string(
        "pdot/documentos/grafica_de_secciones.svg",
        {"barras": barras, "ancho": ANCHO, "alto": len(barras) * SALTO, "barra_alto": BARRA},
    )
    imagen = f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
    return {"imagen": imagen, "texto": " ".join(barra["texto"] for barra in barras)}


def _barra(titulo, cuenta, lugar):
    nombres = dict(Respuesta.Valor.choices) | {SIN_RESPUESTA: "sin responder"}
    total, desde, tramos = sum(cuenta.values()), 0.0, []
    for valor in VALORES:
        if cuenta[valor]:
            ancho = ANCHO * cuenta[valor] / total
            tramos.append(
                {
                    "valor": valor,
                    "x": f"{desde:.1f}",
                    "ancho": f"{ancho:.1f}",
                    "dice": f"{nombres[valor]} {cuenta[valor]}",
                }
            )
            desde += ancho
    dicho = ", ".join(tramo["dice"] for tramo in tramos)
    return {
        "titulo": titulo,
        "resumen": dicho,
        "texto": f"{titulo}: {dicho}.",
        "y": lugar * SALTO,
        "y_barra": lugar * SALTO + 18,
        "y_texto": lugar * SALTO + 12,
        "tramos": tramos,
    }
