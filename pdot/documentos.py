"""Sistematización del grupo circunvecino: todo lo que el grupo hizo y dijo, en un PDF."""

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from django.db.models import Count, Prefetch

from acompanamiento.mapas import mapa_de_grupo
from talleres.models import Aporte, Encuentro, Facilitacion
from territorios.documentos import (
    contar_por_nivel,
    enumerar,
    nombre_de_pdf,
    por_nivel,
)
from territorios.emision import Pliego
from territorios.models import Gad

from .coherencia import matriz_de_grupo
from .models import ElementoVision, Evaluacion, Problema, Respuesta

# Con más preguntas, la matriz no cabe a lo ancho de una hoja vertical.
PREGUNTAS_EN_VERTICAL = 10
# Ni a lo ancho de una apaisada: la matriz se parte en varios cuadros.
PREGUNTAS_EN_APAISADA = 20


@dataclass
class EvaluacionLeida:
    """Lo aprobado de un GAD: sus respuestas con texto o valor, su visión y sus problemas."""

    gad: Gad
    evaluacion: Evaluacion
    respuestas: list[Respuesta]
    elementos: list[ElementoVision]
    problemas: list[Problema]


def sistematizacion_de_grupo(grupo, usuario):
    """El Pliego del grupo con lo que `usuario` puede ver. De las evaluaciones, solo lo aprobado."""
    return Pliego(
        "pdot/documentos/sistematizacion.html",
        contexto_de_sistematizacion(grupo, usuario),
        titulo=f"Sistematización del grupo circunvecino {grupo.numero}: {grupo.nombre}",
        clase="Sistematización",
        clave=f"sistematizacion:{grupo.pk}",
        nombre=nombre_de_archivo(grupo),
    )


def nombre_de_archivo(grupo):
    return nombre_de_pdf("Sistematización grupo", str(grupo.numero), grupo.nombre)


def contexto_de_sistematizacion(grupo, usuario):
    """Lo que la plantilla imprime, ya contado y en orden."""
    matriz = matriz_de_grupo(grupo, usuario)
    miembros = [fila.gad for fila in matriz.filas]
    leidas = leidas_de(matriz)
    con_evaluacion = {leida.gad.pk for leida in leidas}
    realizados, pendientes = _encuentros(grupo, usuario)
    declarados = [e for e in realizados if e.participantes_declarados is not None]
    vision = _elementos_de(grupo)
    return {
        "grupo": grupo,
        "usuario": usuario,
        "mapa": mapa_de_grupo(grupo, miembros),
        "niveles": por_nivel(miembros),
        "miembros": miembros,
        "frase_miembros": contar_por_nivel(miembros),
        "criterios_secundarios": enumerar([str(c) for c in grupo.criterios_secundarios.all()]),
        "siglas": _siglas(realizados),
        "realizados": realizados,
        "facilitacion_comun": _anotar_entidades(realizados),
        "pendientes": pendientes,
        "matriz": matriz,
        "partes": partes_de(matriz),
        "apaisada": len(matriz.preguntas) > PREGUNTAS_EN_VERTICAL,
        "leidas": leidas,
        "sin_evaluacion": por_nivel(g for g in miembros if g.pk not in con_evaluacion),
        **vision_de_grupo(grupo, leidas, vision),
        "momentos": aportes_por_momento(grupo),
        "declarados": declarados,
        "total_declarado": sum(e.participantes_declarados for e in declarados),
        "notas": _notas(grupo, realizados, vision),
        "fuentes": _fuentes(grupo, realizados, leidas, vision),
        "hay_dudosas": _hay_dudosas(leidas, vision),
    }


# --- Encuentros -----------------------------------------------------------------------------


def _encuentros(grupo, usuario):
    """Los realizados en orden y los que aún pueden hacerse; los cancelados no se sistematizan."""
    encuentros = (
        Encuentro.objects.visibles_para(usuario)
        .filter(grupos=grupo)
        .exclude(estado=Encuentro.Estado.CANCELADO)
        .select_related("canton", "gad__territorio__padre__padre", "autoridad__gad__territorio")
        .prefetch_related("facilitaciones__entidad")
        .annotate(cuantos_convocados=Count("convocados", distinct=True))
        .order_by("fecha", "jornada", "inicio", "pk")
    )
    realizados, pendientes = [], []
    for encuentro in encuentros:
        hecho = encuentro.estado == Encuentro.Estado.REALIZADO
        (realizados if hecho else pendientes).append(encuentro)
    return realizados, pendientes


def _anotar_entidades(encuentros):
    """Pone en cada encuentro quiénes facilitan y acompañan, y devuelve los que facilitan todos.

    Esos se dicen una vez y no en cada fila.
    """
    en_todos = _entidades(encuentros[0], Facilitacion.Papel.FACILITA) if encuentros else []
    for encuentro in encuentros:
        facilitan = _entidades(encuentro, Facilitacion.Papel.FACILITA)
        en_todos = [entidad for entidad in en_todos if entidad in facilitan]
    for encuentro in encuentros:
        facilitan = _entidades(encuentro, Facilitacion.Papel.FACILITA)
        encuentro.facilitacion = enumerar([e for e in facilitan if e not in en_todos])
        encuentro.acompanamiento = enumerar(_entidades(encuentro, Facilitacion.Papel.ACOMPANA))
    return enumerar(en_todos)


def _entidades(encuentro, papel):
    return [str(f.entidad) for f in encuentro.facilitaciones.all() if f.papel == papel]


def _siglas(encuentros):
    """(siglas, nombre) de las entidades que el documento nombra por sus siglas."""
    entidades = {f.entidad for e in encuentros for f in e.facilitaciones.all() if f.entidad.siglas}
    return sorted((entidad.siglas, entidad.nombre) for entidad in entidades)


# --- Evaluaciones y visión ------------------------------------------------------------------


def leidas_de(matriz):
    """Lo aprobado de cada miembro, en el orden de la matriz. Tres consultas en total."""
    aprobadas = {fila.evaluacion.pk: fila for fila in matriz.filas if fila.esta_aprobada}
    suyas = {"evaluacion__in": aprobadas}
    respuestas = Respuesta.objects.filter(**suyas).select_related("pregunta__seccion")
    en_orden = respuestas.order_by("pregunta__seccion__orden", "pregunta__orden")
    por_evaluacion = {
        "respuestas": _agrupar(r for r in en_orden if not r.esta_vacia),
        "elementos": _agrupar(ElementoVision.objects.filter(**suyas).order_by("orden")),
        "problemas": _agrupar(Problema.objects.filter(**suyas).order_by("orden")),
    }
    return [
        EvaluacionLeida(
            fila.gad,
            fila.evaluacion,
            **{que: partes.get(clave, []) for que, partes in por_evaluacion.items()},
        )
        for clave, fila in aprobadas.items()
    ]


def vision_de_grupo(grupo, leidas, vision=None):
    """La visión circunvecina, la de cada ficha compartida y si hay alguna, también de un GAD."""
    vision = _elementos_de(grupo) if vision is None else vision
    return {
        "hay_vision": bool(vision) or any(leida.elementos for leida in leidas),
        "vision_comun": [e for e in vision if not e.gads.all()],
        "vision_de_fichas": _por_gads([e for e in vision if e.gads.all()]),
    }


def _elementos_de(grupo):
    suyos = Prefetch("gads", Gad.objects.para_lista())
    return list(ElementoVision.objects.filter(grupo=grupo).prefetch_related(suyos))


def _agrupar(objetos):
    por_evaluacion = {}
    for objeto in objetos:
        por_evaluacion.setdefault(objeto.evaluacion_id, []).append(objeto)
    return por_evaluacion


def partes_de(matriz):
    """La matriz en cuadros que caben a lo ancho, parejos entre sí."""
    cuantos = ceil(len(matriz.preguntas) / PREGUNTAS_EN_APAISADA)
    ancho = ceil(len(matriz.preguntas) / max(cuantos, 1))
    return [_parte(matriz, n * ancho, (n + 1) * ancho) for n in range(cuantos)]


def _parte(matriz, desde, hasta):
    preguntas = list(enumerate(matriz.preguntas, 1))[desde:hasta]
    por_seccion = groupby(preguntas, lambda numerada: numerada[1].seccion.titulo)
    return {
        "preguntas": preguntas,
        "secciones": [(seccion, len(list(suyas))) for seccion, suyas in por_seccion],
        "filas": [(fila.gad, fila.celdas[desde:hasta]) for fila in matriz.evaluadas],
    }


def _hay_dudosas(leidas, vision):
    de_los_gad = (algo for leida in leidas for algo in [*leida.respuestas, *leida.elementos])
    return any(algo.dudosa for algo in [*vision, *de_los_gad])


def _por_gads(elementos):
    """[(«San Vicente y Sucre», [elemento, …])]: lo que varios GAD escribieron en una ficha."""
    nombres = sin_equivoco([gad for elemento in elementos for gad in elemento.gads.all()])
    fichas = {}
    for elemento in elementos:
        suyos = enumerar([nombres[gad.pk] for gad in elemento.gads.all()])
        fichas.setdefault(suyos, []).append(elemento)
    return list(fichas.items())


def sin_equivoco(gads):
    """{código: nombre}, con el lugar donde hay homónimos: Esmeraldas es provincia y es cantón."""
    por_codigo = {gad.pk: gad for gad in gads}
    veces = Counter(gad.nombre for gad in por_codigo.values())
    return {
        codigo: gad.nombre if veces[gad.nombre] == 1 else gad.nombre_con_lugar
        for codigo, gad in por_codigo.items()
    }


# --- Aportes, notas y fuentes ---------------------------------------------------------------


def aportes_por_momento(grupo):
    """[(momento, propios del grupo, comunes a la estrategia)], sin los momentos vacíos."""
    aportes = Aporte.objects.de_grupo(grupo).en_orden()
    return juntar_aportes(list(aportes.select_related("gad__territorio", "encuentro")))


def juntar_aportes(aportes):
    """Lo mismo, de los aportes de un grupo ya traídos y en orden."""
    momentos = []
    for valor, nombre in Aporte.Momento.choices:
        suyos = [aporte for aporte in aportes if aporte.momento == valor]
        comunes = [a for a in suyos if a.grupo_id is None and a.encuentro_id is None]
        propios = [a for a in suyos if a not in comunes]
        if suyos:
            momentos.append((nombre, propios, comunes))
    return momentos


def _notas(grupo, encuentros, vision):
    """(sobre qué, [nota, …]) sin repetir: cómo se leyó la fuente."""
    de_encuentros = [f"{e.fecha:%d/%m/%Y}, {e.lugar}: {e.nota}" for e in encuentros if e.nota]
    de_vision = list(dict.fromkeys(e.nota for e in vision if e.nota))
    notas = [
        ("El grupo", [grupo.nota] if grupo.nota else []),
        ("Encuentros", de_encuentros),
        ("Elementos de visión", de_vision),
    ]
    return [(tema, textos) for tema, textos in notas if textos]


def _fuentes(grupo, encuentros, leidas, vision):
    """(sobre qué, citas), en el orden del documento."""
    fuentes = [
        ("Grupo, criterio y miembros", [grupo.fuente]),
        ("Encuentros", [e.fuente for e in encuentros]),
        ("Evaluaciones", [leida.evaluacion.fuente for leida in leidas]),
        ("Elementos de visión", [e.fuente for e in vision]),
    ]
    return [(tema, juntar_citas(citas)) for tema, citas in fuentes if any(citas)]


def juntar_citas(citas):
    """«Anexo 1, l. 874-877, 884-887; Tabla 1, l. 317»: cada documento una vez, con sus líneas."""
    lineas = {}
    for cita in dict.fromkeys(filter(None, citas)):
        lugar, _, linea = cita.rpartition(", l. ")
        lineas.setdefault(lugar or linea, []).extend([linea] if lugar else [])
    return "; ".join(
        f"{lugar}, l. {', '.join(suyas)}" if suyas else lugar for lugar, suyas in lineas.items()
    )
