"""Pasar una evaluación en borrador a la versión vigente de las preguntas: qué cambia, y hacerlo.

Lo respondido se junta por código de pregunta, o pasa a la hoja que ahora lo recoge
(pdot.mudanza). Lo que no cabe se lista antes y queda en la historia.
"""

from dataclasses import dataclass

from django.db import transaction
from simple_history.utils import bulk_update_with_history

from territorios.versiones import Conflicto, bloquear, guardar_con_version

from .acciones import NoProcede, exigir_que_escriba
from .models import Evaluacion, Instrumento, Paso, Pregunta, Respuesta, Seccion
from .mudanza import Mudanza, escribir_mudanzas, mudanzas_de


@dataclass
class Cambio:
    """De la versión en que está a la vigente, para el nivel de su GAD.

    `hojas`: las de forma propia que se agregan, donde ahora va lo que antes era una pregunta.
    `textos`: pares (pregunta de antes, pregunta de ahora) que dicen otra cosa. `mudan`: las
    respuestas de preguntas que se quitan y pasan a una hoja; `no_caben`: las que no. `sin_marca`:
    las que pierden su SÍ / PARCIAL / NO porque la pregunta pasa a ser de texto.
    """

    a: Instrumento
    hojas: list[Seccion]
    nuevas: list[Pregunta]
    quitadas: list[Pregunta]
    textos: list[tuple[Pregunta, Pregunta]]
    mudan: list[Mudanza]
    no_caben: list[Respuesta]
    sin_marca: list[Respuesta]
    destino: dict[str, Pregunta]


def cambio_de(evaluacion):
    """El Cambio que se le ofrece a una evaluación en borrador, o None si está en la vigente.

    Ocho consultas, o una si no hay nada que ofrecer.
    """
    vigente = Instrumento.objects.vigente()
    if evaluacion.estado != Evaluacion.Estado.BORRADOR or vigente is None:
        return None
    if vigente.pk == evaluacion.instrumento_id or vigente.numero < evaluacion.instrumento.numero:
        return None
    nivel = evaluacion.pdot.gad.nivel
    antes = _por_codigo(evaluacion.instrumento, nivel)
    ahora = _por_codigo(vigente, nivel)
    respuestas = evaluacion.respuestas.select_related("pregunta").order_by("pregunta__codigo")
    escritas = [respuesta for respuesta in respuestas if not respuesta.esta_vacia]
    sueltas = [r for r in escritas if r.pregunta.codigo not in ahora]
    hojas = list(vigente.secciones.exclude(clase=Seccion.Clase.PREGUNTAS).order_by("orden"))
    mudan = mudanzas_de(evaluacion, sueltas, hojas)
    mudadas = {mudanza.respuesta.pk for mudanza in mudan}
    return Cambio(
        a=vigente,
        hojas=_hojas_nuevas(evaluacion.instrumento, hojas),
        nuevas=[pregunta for codigo, pregunta in ahora.items() if codigo not in antes],
        quitadas=[pregunta for codigo, pregunta in antes.items() if codigo not in ahora],
        textos=[
            (antes[codigo], pregunta)
            for codigo, pregunta in ahora.items()
            if codigo in antes and _dice_otra_cosa(antes[codigo], pregunta)
        ],
        mudan=mudan,
        no_caben=[r for r in sueltas if r.pk not in mudadas],
        sin_marca=[
            r
            for r in escritas
            if r.valor and (otra := ahora.get(r.pregunta.codigo)) and not otra.es_escala
        ],
        destino=ahora,
    )


def _por_codigo(instrumento, nivel):
    return {p.codigo: p for p in Pregunta.objects.para_nivel(instrumento, nivel)}


def _hojas_nuevas(antes, hojas):
    habia = set(antes.secciones.values_list("clase", flat=True))
    return [hoja for hoja in hojas if hoja.clase not in habia]


def _dice_otra_cosa(antes, ahora):
    """Por el texto, la forma o la ayuda: «otro GAD» no es «un GAD vecino»."""
    return (antes.texto, antes.tipo, antes.ayuda) != (ahora.texto, ahora.tipo, ahora.ayuda)


@transaction.atomic
def pasar_de_version(evaluacion, *, por, version, leida, numero):
    """La pasa a la versión vigente conservando lo respondido; dice si había a dónde pasar.

    `version`, `leida` («última actualización») y `numero` (la versión de las preguntas que se
    ofreció) son lo que mostraba la página: si después alguien escribió algo, o se publicó otra, se
    lanza Conflicto, porque lo que no cabe se lee antes. Lanza NoProcede fuera de borrador.
    """
    evaluacion = bloquear(Evaluacion, evaluacion.pk)
    if evaluacion.estado != Evaluacion.Estado.BORRADOR:
        raise NoProcede("Solo una evaluación en borrador pasa a otra versión de las preguntas.")
    exigir_que_escriba(evaluacion, por)
    cambio = cambio_de(evaluacion)
    if cambio is None:
        return False
    ya_no_es_lo_leido = leida != evaluacion.actualizada.isoformat() or numero != cambio.a.numero
    if version != evaluacion.version or ya_no_es_lo_leido:
        raise Conflicto(evaluacion)
    _mudar_respuestas(evaluacion, cambio, por)
    escribir_mudanzas(cambio.mudan, por=por)
    _mudar_fotos(evaluacion, cambio, por)
    _dejar_dicho(evaluacion, cambio, por)
    return True


def _mudar_respuestas(evaluacion, cambio, por):
    motivo = f"Pasó a la versión {cambio.a.numero} de las preguntas"
    a_una_hoja = {mudanza.respuesta.pk: mudanza.hoja.titulo for mudanza in cambio.mudan}
    quedan = []
    for respuesta in evaluacion.respuestas.select_related("pregunta"):
        destino = cambio.destino.get(respuesta.pregunta.codigo)
        if destino is None:
            respuesta._history_user = por
            hoja = a_una_hoja.get(respuesta.pk)
            quedo = f"Pasó a la hoja «{hoja}»" if hoja else "No cabe"
            respuesta._change_reason = f"{quedo} en la versión {cambio.a.numero}"[:100]
            respuesta.delete()
            continue
        respuesta.pregunta = destino
        if not destino.es_escala:
            respuesta.valor = ""
        respuesta.version += 1
        quedan.append(respuesta)
    if quedan:
        bulk_update_with_history(
            quedan,
            Respuesta,
            ["pregunta", "valor", "version"],
            default_user=por,
            default_change_reason=motivo,
        )


def _mudar_fotos(evaluacion, cambio, por):
    """Cada foto sigue a su sección; si esa se quita, pasa a la de la visión, que está siempre."""
    secciones = {seccion.codigo: seccion for seccion in cambio.a.secciones.order_by("orden")}
    vision = next(una for una in secciones.values() if una.clase == Seccion.Clase.VISION)
    for foto in evaluacion.fotos.select_related("seccion", "pregunta"):
        codigo = foto.seccion.codigo if foto.seccion else vision.codigo
        foto.seccion = secciones.get(codigo, vision)
        foto.pregunta = cambio.destino.get(foto.pregunta.codigo) if foto.pregunta else None
        foto._history_user = por
        foto._change_reason = f"Pasó a la versión {cambio.a.numero} de las preguntas"
        foto.save()


def _dejar_dicho(evaluacion, cambio, por):
    """Queda en el recorrido y sube la versión; del texto que no cabía, solo el código."""
    comentario = f"Pasó de la versión {evaluacion.instrumento.numero} a la {cambio.a.numero}."
    for mudanza in cambio.mudan:
        comentario += f" {mudanza.respuesta.pregunta.codigo} pasó a «{mudanza.hoja.titulo}»."
    if cambio.no_caben:
        codigos = ", ".join(respuesta.pregunta.codigo for respuesta in cambio.no_caben)
        comentario += f" No cabía lo respondido en {codigos}: queda en la historia."
    Paso.objects.create(
        evaluacion=evaluacion,
        de=evaluacion.estado,
        a=evaluacion.estado,
        por=por,
        comentario=comentario,
    )
    evaluacion.instrumento = cambio.a
    evaluacion._history_user = por
    evaluacion._change_reason = f"Pasó a la versión {cambio.a.numero} de las preguntas"
    guardar_con_version(evaluacion, evaluacion.version)
