from django.urls import path

from .views import comprobar, directorio, documentos, espacios, importar, zonas

app_name = "territorios"

urlpatterns = [
    path("", zonas.inicio, name="inicio"),
    path("zonas/<int:numero>/", zonas.zona, name="zona"),
    path("gad/", directorio.gads, name="gads"),
    path("espacios/", espacios.espacios, name="espacios"),
    path("contactos/", espacios.contactos, name="contactos"),
    path("documentos/", documentos.documentos, name="documentos"),
    path("documentos/<int:pk>/archivo.pdf", documentos.documento_pdf, name="documento_pdf"),
    path("importar/", importar.inicio, name="importar"),
    path("importar/limites/", importar.limites, name="importar_limites"),
    path("importar/dpa/", importar.dpa, name="importar_dpa"),
    path("importar/autoridades/", importar.autoridades, name="importar_autoridades"),
    path("importar/confirmar/", importar.confirmar, name="importar_confirmar"),
]

# Sin cuenta y cortas: se teclean de un papel.
publicas = [
    path("d/", comprobar.comprobar, name="comprobar_documento"),
    path("d/<str:codigo>/", comprobar.documento, name="documento"),
]
