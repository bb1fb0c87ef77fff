"""Pasar lo escrito en una evaluación a la versión siguiente."""

from simple_history.utils import bulk_create_with_history

from territorios.versiones import guardar_bajo_bloqueo

from .models import ElementoVision, Informacion, Pregunta, Problema, Respuesta, Seccion, Vinculo

DE_VINCULO = ("con_id", "valor", "justificacion", "incompatibles", "sinergias")
DE_INFORMACION = (
    "orden",
    "dato",
    "situacion",
    "puede_entregar",
    "proveedor",
    "proveedor_gad_id",
    "detalle",
)
HOJAS = {
    Seccion.Clase.VINCULOS: (Vinculo, DE_VINCULO),
    Seccion.Clase.INFORMACION: (Informacion, DE_INFORMACION),
}


def copiar_lo_escrito(anterior, nueva, *, por):
    """Respuestas, listas y hojas que el instrumento de la nueva todavía pide.

    No pasan las promociones: una tarjeta dio lugar a lo que se escribió en su momento. Debe
    llamarse dentro de una transacción.
    """
    _copiar_respuestas(anterior, nueva, por)
    for modelo in (ElementoVision, Problema):
        textos = modelo.objects.filter(evaluacion=anterior).values_list("texto", flat=True)
        crear_lista(nueva, modelo, list(textos), por=por)
    for hoja in nueva.instrumento.secciones.filter(clase__in=HOJAS):
        modelo, campos = HOJAS[hoja.clase]
        filas = modelo.objects.filter(evaluacion=anterior).values(*campos)
        copias = [modelo(evaluacion=nueva, **fila) for fila in filas]
        guardar_bajo_bloqueo(modelo, copias, [], [], por=por)


def _copiar_respuestas(anterior, nueva, por):
    """Por código de pregunta: la guía pudo cambiar de versión."""
    codigos = {
        pregunta.codigo: pregunta
        for pregunta in Pregunta.objects.filter(seccion__instrumento=nueva.instrumento)
    }
    copias = [
        Respuesta(
            evaluacion=nueva,
            pregunta=codigos[respuesta.pregunta.codigo],
            valor=respuesta.valor,
            texto=respuesta.texto,
        )
        for respuesta in anterior.respuestas.select_related("pregunta")
        if respuesta.pregunta.codigo in codigos
    ]
    guardar_bajo_bloqueo(Respuesta, copias, [], [], por=por)


def crear_lista(evaluacion, modelo, textos, *, por, salvo=()):
    """Crea una fila de `modelo` por texto, en orden, menos los lugares de `salvo`."""
    nuevos = [
        modelo(evaluacion=evaluacion, orden=orden, texto=texto)
        for orden, texto in enumerate(textos, start=1)
        if orden not in salvo
    ]
    if nuevos:
        bulk_create_with_history(nuevos, modelo, default_user=por)
