"""Las direcciones de los datos abiertos, que se abren sin cuenta."""

from django.urls import path

from .views import datos

app_name = "datos"

urlpatterns = [
    path("", datos.datos, name="inicio"),
    path("<slug:clave>/<str:nombre>", datos.archivo, name="archivo"),
]
