"""Evaluación de los planes vigentes: qué respondió cada GAD, por grupo, sobre lo aprobado."""

from collections import Counter
from dataclasses import dataclass

from pdot.cuadro import SIN, VALORES, cuadro_de
from pdot.documentos import PREGUNTAS_EN_VERTICAL
from territorios.documentos import contar_por_nivel, por_nivel

from .graficos import apiladas
from .lectura import sin_repetir
from .secciones import Seccion

# Los que tienen columna; sin responder no es una respuesta.
RESPONDIDOS = [valor for valor in VALORES if valor != SIN]


@dataclass
class EvaluacionesDeGrupo:
    """La matriz de un grupo en partes que caben a lo ancho, y a quiénes les falta.

    `partes`: [([(número, pregunta)], [(GAD, [respuesta o None])])].
    """

    grupo: object
    cuantos: int
    aprobadas: int
    partes: list
    faltan: list


def contexto(alcance):
    """Las matrices por grupo, la clave de sus preguntas y las cuentas por sección."""
    grupos, miembros, matrices, leidas = alcance.aprobado
    numeradas = _numerar(matrices.values())
    gads = sin_repetir(miembros)
    propios = [gad for gad in gads if not alcance.es_de_otra_zona(gad)]
    aprobadas = sum(gad.pk in leidas for gad in propios)
    resumido = alcance.es_resumido
    return {
        "grupos": [_de_grupo(g, matrices[g.pk], {} if resumido else numeradas) for g in grupos],
        "preguntas": list(numeradas.values()),
        "respuestas": _por_pregunta(matrices.values(), numeradas) if resumido else None,
        "cuantos_gads": len(propios),
        "aprobadas": aprobadas,
        "de_otra_zona": len(leidas) - aprobadas,
        "gads_de_otra_zona": len(gads) - len(propios),
        "frase_faltan": contar_por_nivel([gad for gad in propios if gad.pk not in leidas]),
        "grafico": _grafico(matrices.values()),
    }


def _numerar(matrices):
    """{código: (número, pregunta)} de las que alguien respondió, en el orden del formulario.

    Las que nadie respondió no ocupan columna: en el piloto, más de la mitad.
    """
    respondidas = {}
    for matriz in matrices:
        for fila in matriz.evaluadas:
            respondidas |= {pregunta.codigo: pregunta for pregunta, dicha in fila.celdas if dicha}
    en_orden = sorted(respondidas.values(), key=lambda una: (una.seccion.orden, una.orden, una.pk))
    return {una.codigo: (numero, una) for numero, una in enumerate(en_orden, 1)}


def _de_grupo(grupo, matriz, numeradas):
    evaluadas = matriz.evaluadas
    dichas = {p.codigo for fila in evaluadas for p, respuesta in fila.celdas if respuesta}
    columnas = [numeradas[codigo] for codigo in numeradas if codigo in dichas]
    partes = [
        _parte(evaluadas, columnas[desde : desde + PREGUNTAS_EN_VERTICAL])
        for desde in range(0, len(columnas), PREGUNTAS_EN_VERTICAL)
    ]
    return EvaluacionesDeGrupo(
        grupo,
        cuantos=len(matriz.filas),
        aprobadas=sum(fila.esta_aprobada for fila in matriz.filas),
        partes=partes,
        faltan=por_nivel(fila.gad for fila in matriz.filas if not fila.esta_aprobada),
    )


def _por_pregunta(matrices, numeradas):
    """[(número, pregunta, cuántos SÍ, PARCIAL y NO)], cada GAD una vez."""
    cuentas = {codigo: Counter() for codigo in numeradas}
    contados = set()
    for fila in (fila for matriz in matrices for fila in matriz.evaluadas):
        if fila.gad.pk not in contados:
            contados.add(fila.gad.pk)
            for pregunta, respuesta in fila.celdas:
                if respuesta:
                    cuentas[pregunta.codigo][respuesta.valor] += 1
    return [
        (numero, pregunta, [cuentas[codigo][valor] for valor in RESPONDIDOS])
        for codigo, (numero, pregunta) in numeradas.items()
    ]


def _parte(filas, columnas):
    codigos = [pregunta.codigo for _, pregunta in columnas]
    return columnas, [(fila.gad, _celdas(fila, codigos)) for fila in filas]


def _celdas(fila, codigos):
    por_codigo = {pregunta.codigo: respuesta for pregunta, respuesta in fila.celdas}
    return [por_codigo.get(codigo) for codigo in codigos]


def cuentas_por_seccion(matrices):
    """{sección: Counter de SÍ, PARCIAL, NO y sin responder}, cada GAD una vez."""
    cuentas, contados = {}, set()
    for matriz in matrices:
        for renglon in cuadro_de(matriz).renglones:
            if renglon.fila.gad.pk in contados:
                continue
            contados.add(renglon.fila.gad.pk)
            for casilla in renglon.casillas:
                if casilla.valor:
                    titulo = casilla.pregunta.seccion.titulo
                    cuentas.setdefault(titulo, Counter())[casilla.valor] += 1
    return cuentas


def _grafico(matrices):
    filas = [
        (titulo, [cuenta[valor] for valor in VALORES])
        for titulo, cuenta in cuentas_por_seccion(matrices).items()
    ]
    series = ["Sin responder" if valor == SIN else nombre for valor, nombre in VALORES.items()]
    titulo = "Respuestas a las preguntas de escala, por sección"
    return apiladas(filas, series, titulo=titulo, nombre="Sección")


SECCION = Seccion(
    "evaluaciones",
    "Evaluación de los planes vigentes",
    "pdot/informe/evaluaciones.html",
    contexto,
)
