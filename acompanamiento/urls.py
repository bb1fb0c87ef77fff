from django.urls import path

from .views import acuerdos, consulta, grupos, lineas, mesa, propuestas, ruta

app_name = "acompanamiento"

# Las páginas de una estrategia y de un acuerdo juntan lo de otras apps: las monta config.urls.

urlpatterns = [
    path("", grupos.inicio, name="inicio"),
    path("estrategias/<slug:codigo>/grupos/nuevo/", mesa.nuevo, name="nuevo_grupo"),
    path("estrategias/<slug:codigo>/proponer/", propuestas.proponer, name="proponer"),
    path(
        "estrategias/<slug:codigo>/proponer/aceptar/",
        propuestas.aceptar_propuestos,
        name="aceptar_propuestos",
    ),
    path("estrategias/<slug:codigo>/lineas/", lineas.provincias, name="lineas"),
    path(
        "estrategias/<slug:codigo>/lineas/<str:provincia>/",
        lineas.de_provincia,
        name="lineas_de_provincia",
    ),
    path(
        "estrategias/<slug:codigo>/lineas/<str:provincia>/nueva/",
        lineas.crear,
        name="crear_linea",
    ),
    path("lineas/<int:pk>/", lineas.linea, name="linea"),
    path("lineas/<int:pk>/editar/", lineas.editar, name="editar_linea"),
    path("lineas/<int:pk>/consultar/", consulta.consultar, name="consultar_linea"),
    path("lineas/<int:pk>/adoptar/", consulta.adoptar, name="adoptar_linea"),
    path("lineas/<int:pk>/retirar/", consulta.retirar, name="retirar_linea"),
    path(
        "lineas/<int:pk>/pronunciamiento/<str:codigo>/",
        consulta.pronunciamiento,
        name="pronunciarse",
    ),
    path("acuerdos/", acuerdos.acuerdos, name="acuerdos"),
    path("acuerdos/<int:pk>/editar/", acuerdos.editar, name="editar_acuerdo"),
    path("acuerdos/<int:pk>/avance/", acuerdos.avance, name="avance"),
    path("acuerdos/<int:pk>/cancelar/", acuerdos.cancelar, name="cancelar_acuerdo"),
    path("grupos/<int:grupo>/acuerdo/", acuerdos.crear, name="crear_acuerdo"),
    path("grupos/<int:grupo>/hoja-de-ruta/", ruta.hoja, name="hoja_de_ruta"),
    path("grupos/<int:grupo>/hoja-de-ruta/editar/", ruta.editar, name="editar_hoja_de_ruta"),
    path("hitos/<int:pk>/cumplimiento/<str:codigo>/", ruta.cumplimiento, name="cumplimiento"),
]
