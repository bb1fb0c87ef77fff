from django.urls import path

from .views import avisos

app_name = "avisos"

urlpatterns = [
    path("", avisos.lista, name="lista"),
    path("leidos/", avisos.leer_todos, name="leer_todos"),
    path("preferencias/", avisos.preferencias, name="preferencias"),
    path("<int:pk>/", avisos.abrir, name="abrir"),
    path("<int:pk>/leido/", avisos.leer, name="leer"),
]
