"""Consolidado de coherencia de un grupo: lo que sus planes dicen unos de otros, en un PDF."""

from acompanamiento.mapas import mapa_de_grupo
from territorios.documentos import contar_por_nivel, nombre_de_pdf, por_nivel
from territorios.emision import Pliego

from .arbol_red import arbol_de
from .coherencia import matriz_de_grupo
from .contradicciones import REGLAS, lectura_de
from .cuadro import componentes_de, cuadro_de
from .documentos import PREGUNTAS_EN_VERTICAL, leidas_de, partes_de, vision_de_grupo
from .indicadores import INDICADORES, Medicion
from .mapa_red import mapa_de_red
from .models import Necesidad, VisionCircunvecina
from .red import red_de_grupo
from .trazo_red import leyenda


def consolidado_de_grupo(grupo, usuario):
    """El Pliego del grupo con lo que `usuario` puede ver. De las evaluaciones, solo lo aprobado."""
    return Pliego(
        "pdot/documentos/coherencia.html",
        contexto_de_consolidado(grupo, usuario),
        titulo=f"Consolidado de coherencia del grupo circunvecino {grupo.numero}: {grupo.nombre}",
        clase="Consolidado de coherencia",
        clave=f"coherencia:{grupo.pk}",
        nombre=nombre_de_consolidado(grupo),
    )


def nombre_de_consolidado(grupo):
    return nombre_de_pdf("Coherencia grupo", str(grupo.numero), grupo.nombre)


def contexto_de_consolidado(grupo, usuario):
    """Lo que la plantilla imprime, ya contado y en orden."""
    matriz = matriz_de_grupo(grupo, usuario)
    miembros = [fila.gad for fila in matriz.filas]
    red = red_de_grupo(matriz.filas)
    leidas = leidas_de(matriz)
    con_evaluacion = {leida.gad.pk for leida in leidas}
    cuadro = cuadro_de(matriz)
    return {
        "grupo": grupo,
        "usuario": usuario,
        "miembros": miembros,
        "frase_miembros": contar_por_nivel(miembros),
        "mapa": mapa_de_grupo(grupo, miembros) if miembros else None,
        "matriz": matriz,
        "partes": partes_de(matriz),
        "apaisada": len(matriz.preguntas) > PREGUNTAS_EN_VERTICAL,
        "cuadro": cuadro,
        "componentes": componentes_de(cuadro),
        "leidas": leidas,
        "sin_evaluacion": por_nivel(g for g in miembros if g.pk not in con_evaluacion),
        "red": red,
        "mapa_red": mapa_de_red(red),
        "ramas": arbol_de(red),
        "leyenda_red": leyenda(),
        "lectura": lectura_de(red, matriz.filas),
        "reglas": REGLAS.values(),
        "indicadores": _indicadores(grupo, usuario),
        "acordada": _vision_acordada(grupo),
        "necesidades": list(Necesidad.objects.visibles_para(usuario).de_grupo(grupo)),
        **vision_de_grupo(grupo, leidas),
    }


def _vision_acordada(grupo):
    """La última versión acordada de la visión circunvecina; None si no hay."""
    acordadas = grupo.visiones.filter(estado=VisionCircunvecina.Estado.ACORDADA)
    relacionadas = acordadas.select_related("encuentro").prefetch_related("temas")
    return relacionadas.order_by("-numero").first() if grupo.esta_conformado else None


def _indicadores(grupo, usuario):
    """[(indicador, cociente del grupo, promedio nacional)]."""
    medicion = Medicion(usuario)
    suyos = [gad for gad in medicion.gads if grupo.pk in gad.grupos]
    return [
        (indicador, medicion.cociente(indicador, suyos), medicion.nacional(indicador))
        for indicador in INDICADORES
    ]
