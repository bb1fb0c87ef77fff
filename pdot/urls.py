from django.urls import path

from .views import (
    buscar,
    cobertura,
    documentos,
    evaluaciones,
    gad,
    grupo,
    membresias,
    prefectura,
    promociones,
    revision,
    secciones,
)

app_name = "pdot"

urlpatterns = [
    path("", evaluaciones.lista, name="inicio"),
    path("buscar/", buscar.buscar, name="buscar"),
    path("cobertura/", cobertura.cobertura, name="cobertura"),
    path("gad/<str:codigo>/", gad.gad, name="gad"),
    path("aportes/<int:pk>/", promociones.aporte, name="aporte"),
    path("aportes/<int:pk>/promover/<slug:clase>/", promociones.promover, name="promover"),
    path("promociones/<int:pk>/deshacer/", promociones.deshacer, name="deshacer_promocion"),
    path("evaluaciones/nueva/", evaluaciones.nueva, name="nueva"),
    path("evaluaciones/<int:pk>/", evaluaciones.detalle, name="evaluacion"),
    path("evaluaciones/<int:pk>/enviar/", evaluaciones.enviar, name="enviar"),
    path("evaluaciones/<int:pk>/revisar/", revision.revisar, name="revisar"),
    path("evaluaciones/<int:pk>/<slug:codigo>/", secciones.seccion, name="seccion"),
    path("grupos/<int:pk>/", grupo.grupo, name="grupo"),
    path("grupos/<int:pk>/editar/", membresias.editar, name="editar_grupo"),
    path("grupos/<int:pk>/estado/", membresias.estado, name="estado_de_grupo"),
    path("grupos/<int:pk>/mover/", membresias.mover, name="mover_miembros"),
    path("grupos/<int:pk>/sistematizacion.pdf", documentos.grupo_pdf, name="grupo_pdf"),
    path("prefectura/<slug:estrategia>/", prefectura.resumenes, name="resumenes_prefectura"),
    path(
        "prefectura/<slug:estrategia>/<str:provincia>/",
        prefectura.resumen,
        name="resumen_prefectura",
    ),
    path(
        "prefectura/<slug:estrategia>/<str:provincia>/resumen.pdf",
        prefectura.resumen_pdf,
        name="resumen_prefectura_pdf",
    ),
]
