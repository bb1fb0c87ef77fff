"""Lo respondido que, al pasar de versión, deja de ser una pregunta y va a una hoja.

La pregunta por el plan de un nivel superior va al vínculo con ese GAD; la lista de lo que se tiene
o se requiere, a la hoja de información, un dato por línea. Nada se pisa: si en la hoja ya hay algo
escrito, o el texto no entra en sus filas, la respuesta no cabe.
"""

from dataclasses import dataclass

from territorios.versiones import guardar_bajo_bloqueo

from .models import Informacion, Respuesta, Seccion, Vinculo
from .planes_superiores import plan_que_nombra

SITUACIONES = {
    "información disponible": Informacion.Situacion.TIENE,
    "información requerida": Informacion.Situacion.REQUIERE,
}
DATO_MAXIMO = Informacion._meta.get_field("dato").max_length
DATOS_MAXIMO = 40


@dataclass(frozen=True)
class Mudanza:
    """Una respuesta y las filas, sin guardar, en que queda en la `hoja`."""

    respuesta: Respuesta
    hoja: Seccion
    filas: list


def mudanzas_de(evaluacion, respuestas, hojas):
    """Las Mudanza de las `respuestas` cuya pregunta se quita; `hojas`: las de la versión nueva.

    Dos consultas, o ninguna si no hay respuestas.
    """
    if not respuestas:
        return []
    por_clase = {hoja.clase: hoja for hoja in hojas}
    con_vinculo = set(evaluacion.vinculos.values_list("con", flat=True))
    hay_datos = evaluacion.informacion.exists()
    mudanzas, orden = [], 1
    for respuesta in respuestas:
        hoja = por_clase.get(Seccion.Clase.VINCULOS)
        filas = _vinculo(evaluacion, respuesta, con_vinculo)
        if not filas and not hay_datos:
            hoja = por_clase.get(Seccion.Clase.INFORMACION)
            filas = _datos(evaluacion, respuesta, orden)
            orden += len(filas) if hoja else 0
        if hoja and filas:
            mudanzas.append(Mudanza(respuesta, hoja, filas))
    return mudanzas


def _vinculo(evaluacion, respuesta, con_vinculo):
    """[Vinculo] con el GAD que nombra la pregunta; vacía si no nombra uno o ya hay vínculo."""
    con = plan_que_nombra(respuesta.pregunta, evaluacion.gad)
    if con is None or con in con_vinculo:
        return []
    valor, texto = respuesta.valor, respuesta.texto
    return [Vinculo(evaluacion=evaluacion, con_id=con, valor=valor, justificacion=texto)]


def _datos(evaluacion, respuesta, desde):
    """Una Informacion por línea, desde ese orden; vacía si alguna línea no entra."""
    situacion = SITUACIONES.get(respuesta.pregunta.criterio.strip().lower())
    lineas = [linea.strip() for linea in respuesta.texto.splitlines() if linea.strip()]
    caben = desde + len(lineas) <= DATOS_MAXIMO + 1
    if situacion is None or not caben or any(len(linea) > DATO_MAXIMO for linea in lineas):
        return []
    return [
        Informacion(evaluacion=evaluacion, orden=orden, dato=linea, situacion=situacion)
        for orden, linea in enumerate(lineas, start=desde)
    ]


def escribir_mudanzas(mudanzas, *, por):
    """Guarda las filas, con su historia. Con la evaluación bloqueada."""
    filas = [fila for mudanza in mudanzas for fila in mudanza.filas]
    for modelo in (Vinculo, Informacion):
        suyas = [fila for fila in filas if isinstance(fila, modelo)]
        guardar_bajo_bloqueo(modelo, suyas, [], [], por=por)
