from django.urls import path

from .views import (
    acuerdos,
    choques,
    cronograma,
    documentos,
    edicion,
    encuentro,
    itinerario,
    preparacion,
    suscripcion,
)

app_name = "talleres"

urlpatterns = [
    path("", cronograma.inicio, name="inicio"),
    path("cronograma/<slug:estrategia>/mes/<str:mes>/", cronograma.mes, name="mes"),
    path("cronograma/<slug:estrategia>/lista/", cronograma.lista, name="lista"),
    path(
        "cronograma/<slug:estrategia>/cronograma.pdf",
        documentos.cronograma_pdf,
        name="cronograma_pdf",
    ),
    path("suscripciones/", suscripcion.suscripciones, name="suscripciones"),
    path("suscripciones/<int:pk>/cambiar/", suscripcion.cambiar, name="cambiar_suscripcion"),
    path(
        "suscripciones/<int:pk>/revocar/",
        suscripcion.revocar_suscripcion,
        name="revocar_suscripcion",
    ),
    path("calendario/<str:clave>.ics", suscripcion.calendario, name="calendario"),
    path("cronograma/<slug:estrategia>/proponer/", itinerario.proponer, name="proponer"),
    path(
        "cronograma/<slug:estrategia>/proponer/guardar/",
        itinerario.guardar_propuestos,
        name="guardar_propuestos",
    ),
    path("cronograma/<slug:estrategia>/<str:semana>/", cronograma.cronograma, name="cronograma"),
    path("choques/<slug:estrategia>/", choques.choques, name="choques"),
    path("choques/<slug:estrategia>/aceptar/", choques.aceptar, name="aceptar_choque"),
    path("choques/<slug:estrategia>/retirar/", choques.retirar, name="retirar_choque"),
    path("encuentros/nuevo/", edicion.crear, name="crear_encuentro"),
    path("encuentros/<int:pk>/", encuentro.encuentro, name="encuentro"),
    path("encuentros/<int:pk>/editar/", edicion.editar, name="editar_encuentro"),
    path("encuentros/<int:pk>/cancelar/", edicion.cancelar, name="cancelar_encuentro"),
    path("encuentros/<int:pk>/convocar/", edicion.convocar, name="convocar_encuentro"),
    path("encuentros/<int:pk>/realizar/", edicion.realizar, name="realizar_encuentro"),
    path("encuentros/<int:pk>/acuerdo/", acuerdos.anotar, name="anotar_acuerdo"),
    path("encuentros/<int:pk>/plantilla/", preparacion.usar_plantilla, name="usar_plantilla"),
    path("encuentros/<int:pk>/agenda/", preparacion.editar_agenda, name="editar_agenda"),
    path("encuentros/<int:pk>/insumos/", preparacion.insumos, name="insumos"),
    path("encuentros/<int:pk>/insumos/editar/", preparacion.editar_insumos, name="editar_insumos"),
    path("encuentros/<int:pk>/agenda.pdf", documentos.agenda_pdf, name="agenda_pdf"),
]
