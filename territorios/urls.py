from django.urls import path

from .views import directorio, espacios, importar, zonas

app_name = "territorios"

urlpatterns = [
    path("", zonas.inicio, name="inicio"),
    path("zonas/<int:numero>/", zonas.zona, name="zona"),
    path("gad/", directorio.gads, name="gads"),
    path("espacios/", espacios.espacios, name="espacios"),
    path("contactos/", espacios.contactos, name="contactos"),
    path("importar/", importar.inicio, name="importar"),
    path("importar/limites/", importar.limites, name="importar_limites"),
    path("importar/dpa/", importar.dpa, name="importar_dpa"),
    path("importar/autoridades/", importar.autoridades, name="importar_autoridades"),
    path("importar/confirmar/", importar.confirmar, name="importar_confirmar"),
]
