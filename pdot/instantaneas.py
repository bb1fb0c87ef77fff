"""Cómo estaba una evaluación en un momento: lo que se compara entre envíos y entre versiones.

Lo de antes sale del historial, y solo de los momentos en que se envió: entre un envío y el
siguiente, lo que el GAD tachó es suyo.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime

from territorios.models import Gad

from .diferencias import Pieza
from .models import (
    ElementoVision,
    Evaluacion,
    Informacion,
    Pregunta,
    Problema,
    Respuesta,
    Seccion,
    Vinculo,
)

Estado, Clase = Evaluacion.Estado, Seccion.Clase

CAMPOS = {
    Respuesta: ("pregunta_id", "valor", "texto"),
    Vinculo: ("con_id", "valor", "justificacion", "incompatibles", "sinergias"),
    Informacion: (
        *("orden", "dato", "situacion", "puede_entregar"),
        *("proveedor", "proveedor_gad_id", "detalle"),
    ),
    ElementoVision: ("orden", "texto"),
    Problema: ("orden", "texto"),
}
SITUACIONES = dict(Informacion.Situacion.choices)


@dataclass(frozen=True)
class Toma:
    """Una evaluación y el momento en que se la mira; None es ahora."""

    evaluacion: Evaluacion
    momento: datetime | None = None


def envios_de(evaluacion):
    """Los pasos en que se envió a revisión, del primero al último."""
    return list(evaluacion.pasos.filter(a=Estado.ENVIADA).select_related("por"))


def toma_para(evaluacion, usuario):
    """Como le toca verla a `usuario`: lo que se está corrigiendo lo lee solo quien la llena."""
    if evaluacion.se_lee_como_esta(usuario):
        return Toma(evaluacion)
    envios = envios_de(evaluacion)
    return Toma(evaluacion, envios[-1].cuando) if envios else Toma(evaluacion)


def referencia_de(evaluacion, usuario):
    """(Toma, «desde la devolución del…») con que se compara lo que llegó a revisión, o None.

    Si es su primer envío, se compara con la versión anterior del mismo plan.
    """
    envios = envios_de(evaluacion)
    if len(envios) > 1:
        cuando = envios[-2].cuando
        return Toma(evaluacion, cuando), f"desde lo que envió el {_dia(cuando)}"
    visibles = Evaluacion.objects.visibles_para(usuario).filter(pdot=evaluacion.pdot_id)
    anterior = visibles.filter(numero__lt=evaluacion.numero).order_by("-numero").first()
    if anterior is None:
        return None
    # Es el mismo plan, que ya se trajo con su GAD.
    anterior.pdot = evaluacion.pdot
    return Toma(anterior), f"desde la versión {anterior.numero}"


def _dia(momento):
    return date_format(localtime(momento), r"j \d\e F \d\e Y")


def fotos(tomas):
    """[{clave: Pieza}] de cada Toma, en orden. Las consultas no crecen con las tomas."""
    tomas = list(tomas)
    preguntas = _preguntas([toma.evaluacion for toma in tomas])
    filas = {modelo: _filas(modelo, tomas) for modelo in CAMPOS}
    gads = _gads(filas)
    return [_foto(lugar, toma, preguntas, filas, gads) for lugar, toma in enumerate(tomas)]


def foto_de(llenado):
    """{clave: Pieza} de ahora, con lo que `llenado` ya leyó para su página."""
    vinculos = llenado.vinculos.values() if llenado.parte_de(Clase.VINCULOS) else []
    informacion = llenado.informacion if llenado.parte_de(Clase.INFORMACION) else []
    elementos = [{"orden": n, "texto": uno} for n, uno in enumerate(llenado.elementos)]
    filas = {
        Respuesta: _como_dicts(Respuesta, llenado.respuestas.values()),
        Vinculo: _como_dicts(Vinculo, vinculos),
        Informacion: _como_dicts(Informacion, informacion),
        ElementoVision: elementos,
        Problema: _como_dicts(Problema, llenado.filas_de_problemas),
    }
    gads = [vinculo.con for vinculo in vinculos]
    gads += [fila.proveedor_gad for fila in informacion if fila.proveedor_gad_id]
    nombres = {gad.pk: gad.nombre_con_lugar for gad in gads}
    return _armar(llenado.evaluacion, llenado.preguntas, filas, nombres)


def _como_dicts(modelo, filas):
    return [{campo: getattr(fila, campo) for campo in CAMPOS[modelo]} for fila in filas]


# --- Leer ---------------------------------------------------------------------------------------


def _preguntas(evaluaciones):
    instrumentos = {una.instrumento_id for una in evaluaciones}
    preguntas = Pregunta.objects.filter(seccion__instrumento__in=instrumentos)
    return list(preguntas.select_related("seccion").order_by("seccion__orden", "orden"))


def _filas(modelo, tomas):
    """[[filas de la toma]], cada fila un dict. Dos consultas a lo sumo: ahora y el historial."""
    hoy = {toma.evaluacion.pk for toma in tomas if toma.momento is None}
    antes = {toma.evaluacion.pk for toma in tomas if toma.momento}
    campos = ("id", "evaluacion_id", *CAMPOS[modelo])
    vivas = list(modelo.objects.filter(evaluacion__in=hoy).values(*campos)) if hoy else []
    asientos = _asientos(modelo, antes, campos) if antes else []
    return [_de_la_toma(toma, vivas, asientos) for toma in tomas]


def _asientos(modelo, evaluaciones, campos):
    historia = modelo.historia.filter(evaluacion__in=evaluaciones)
    en_orden = historia.order_by("history_date", "history_id")
    return list(en_orden.values(*campos, "history_date", "history_type"))


def _de_la_toma(toma, vivas, asientos):
    clave = toma.evaluacion.pk
    if toma.momento is None:
        return [fila for fila in vivas if fila["evaluacion_id"] == clave]
    ultimas = {
        fila["id"]: fila
        for fila in asientos
        if fila["evaluacion_id"] == clave and fila["history_date"] <= toma.momento
    }
    return [fila for fila in ultimas.values() if fila["history_type"] != "-"]


def _gads(filas):
    """{código: nombre con lugar} de los GAD que se nombran."""
    de_todas = [fila for modelo in (Vinculo, Informacion) for una in filas[modelo] for fila in una]
    claves = {fila.get("con_id") or fila.get("proveedor_gad_id") for fila in de_todas}
    gads = Gad.objects.filter(pk__in=claves - {None}).para_lista() if claves - {None} else ()
    return {gad.pk: gad.nombre_con_lugar for gad in gads}


# --- Armar --------------------------------------------------------------------------------------


def _foto(lugar, toma, preguntas, filas, gads):
    suyas = {modelo: por_toma[lugar] for modelo, por_toma in filas.items()}
    return _armar(toma.evaluacion, preguntas, suyas, gads)


def _armar(evaluacion, preguntas, suyas, gads):
    return {
        **_respuestas(evaluacion, preguntas, suyas[Respuesta]),
        **_vinculos(suyas[Vinculo], gads),
        **_informacion(suyas[Informacion], gads),
        "vision": _lista("Elementos para la nueva visión", suyas[ElementoVision]),
        "problemas": _lista("Problemas prioritarios", suyas[Problema]),
    }


def _respuestas(evaluacion, preguntas, filas):
    """Por código de pregunta: así se comparan también dos versiones del instrumento."""
    por_pregunta = {fila["pregunta_id"]: fila for fila in filas}
    nivel = evaluacion.pdot.gad.nivel
    return {
        f"p:{pregunta.codigo}": Pieza(
            pregunta.seccion.titulo,
            str(pregunta),
            *_dicho(por_pregunta.get(pregunta.pk)),
        )
        for pregunta in preguntas
        if pregunta.seccion.instrumento_id == evaluacion.instrumento_id
        and pregunta.se_hace_a(nivel)
    }


def _dicho(fila):
    return (fila["valor"], fila["texto"]) if fila else ("", "")


def _vinculos(filas, gads):
    titulo = "Vínculo con los planes de otros niveles"
    piezas = {}
    for fila in sorted(filas, key=lambda fila: fila["con_id"], reverse=True):
        con = gads.get(fila["con_id"], fila["con_id"])
        pieza = Pieza(titulo, f"Con el plan de {con}", fila["valor"], _de_vinculo(fila))
        piezas[f"v:{fila['con_id']}"] = pieza
    return piezas


def _de_vinculo(fila):
    partes = [
        ("", fila["justificacion"]),
        ("Aspectos incompatibles:\n", fila["incompatibles"]),
        ("Sinergias:\n", fila["sinergias"]),
    ]
    return "\n".join(f"{rotulo}{texto}" for rotulo, texto in partes if texto.strip())


def _informacion(filas, gads):
    """Por el dato: al abrir otra versión las filas son otras."""
    piezas = {}
    for fila in sorted(filas, key=lambda fila: fila["orden"]):
        clave = f"i:{fila['dato'].casefold()}"
        while clave in piezas:
            clave += "'"
        piezas[clave] = Pieza("Información", fila["dato"], texto=_de_informacion(fila, gads))
    return piezas


def _de_informacion(fila, gads):
    partes = [SITUACIONES.get(fila["situacion"], fila["situacion"])]
    if fila["puede_entregar"]:
        partes.append("Puede entregarla a otros GAD")
    quien = [gads.get(fila["proveedor_gad_id"], ""), fila["proveedor"]]
    if any(quien):
        partes.append(f"La provee {', '.join(uno for uno in quien if uno)}")
    return "\n".join([*partes, fila["detalle"]]).strip()


def _lista(titulo, filas):
    en_orden = sorted(filas, key=lambda fila: fila["orden"])
    return Pieza(titulo, titulo, texto="\n".join(fila["texto"] for fila in en_orden))
