"""Rutas del editor del instrumento, bajo /pdot/instrumentos/."""

from django.urls import path

from .views import instrumentos as vistas

urlpatterns = [
    path("", vistas.lista, name="instrumentos"),
    path("<int:numero>/", vistas.detalle, name="instrumento"),
    path("<int:numero>/copiar/", vistas.copiar, name="copiar_instrumento"),
    path("<int:numero>/editar/", vistas.editar, name="editar_instrumento"),
    path("<int:numero>/quitar/", vistas.quitar, name="quitar_instrumento"),
    path("<int:numero>/publicar/", vistas.publicar, name="publicar_instrumento"),
    path("<int:numero>/vista/<slug:nivel>/", vistas.vista, name="vista"),
    path("<int:numero>/nueva/", vistas.nueva_seccion, name="nueva_seccion"),
    path("secciones/<int:pk>/", vistas.editar_seccion, name="editar_seccion"),
    path("secciones/<int:pk>/mover/", vistas.mover_seccion, name="mover_seccion"),
    path("secciones/<int:pk>/quitar/", vistas.quitar_seccion, name="quitar_seccion"),
    path("secciones/<int:pk>/nueva/", vistas.nueva_pregunta, name="nueva_pregunta"),
    path("preguntas/<int:pk>/", vistas.editar_pregunta, name="editar_pregunta"),
    path("preguntas/<int:pk>/mover/", vistas.mover_pregunta, name="mover_pregunta"),
    path("preguntas/<int:pk>/quitar/", vistas.quitar_pregunta, name="quitar_pregunta"),
]
