"""Rutas: cada app trae las suyas; aquí solo se montan."""

from allauth.account import views as cuentas
from allauth.account.decorators import secure_admin_login
from allauth.mfa.recovery_codes import views as codigos
from django.contrib import admin
from django.urls import include, path, re_path

from acompanamiento import urls as acompanamiento
from pdot.views.aportes import acuerdo, aportes, cambios
from pdot.views.estrategia import estrategia
from pdot.views.inicio import inicio
from talleres import urls as talleres
from territorios import urls as territorios
from territorios.jurisdiccion import entra_a_central
from territorios.segundo_factor import con_codigos
from territorios.views import sin_conexion

admin.site.login = secure_admin_login(admin.site.login)
admin.site.has_permission = entra_a_central
admin.site.site_header = "Acompañamiento PDOT · Administración central"
admin.site.site_title = "Administración central"
admin.site.index_title = "Catálogos, usuarios y registros"

handler400 = "territorios.views.errores.no_aceptado"
handler403 = "territorios.views.errores.prohibido"
handler404 = "territorios.views.errores.no_encontrado"
handler500 = "territorios.views.errores.fallo"

# De allauth solo lo que se usa: el registro está cerrado y no hay páginas de correo.
cuenta = [
    path("ingresar/", cuentas.login, name="account_login"),
    path("salir/", cuentas.logout, name="account_logout"),
    path("inactiva/", cuentas.account_inactive, name="account_inactive"),
    path("registro/", cuentas.signup, name="account_signup"),
    path("confirmar-identidad/", cuentas.reauthenticate, name="account_reauthenticate"),
    path("clave/cambiar/", cuentas.password_change, name="account_change_password"),
    path("clave/poner/", cuentas.password_set, name="account_set_password"),
    path("clave/olvidada/", cuentas.password_reset, name="account_reset_password"),
    path("clave/enviada/", cuentas.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^clave/nueva/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        cuentas.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "clave/lista/",
        cuentas.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path(
        "segundo-factor/recovery-codes/",
        con_codigos(codigos.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "segundo-factor/recovery-codes/download/",
        con_codigos(codigos.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("segundo-factor/", include("allauth.mfa.urls")),
]

# En la dirección de acompañamiento, páginas que se arman más arriba porque cruzan apps.
de_acompanamiento = [
    path("estrategias/<slug:codigo>/", estrategia, name="estrategia"),
    path("acuerdos/<int:pk>/", acuerdo, name="acuerdo"),
    *acompanamiento.urlpatterns,
]

# Y en la de talleres: el tablero de aportes dice qué nació de cada tarjeta.
de_talleres = [
    path("encuentros/<int:pk>/aportes/", aportes, name="aportes"),
    path("encuentros/<int:pk>/aportes/cambios/", cambios, name="cambios_de_aportes"),
    *talleres.urlpatterns,
]

urlpatterns = [
    path("", inicio, name="inicio"),
    path("sw.js", sin_conexion.servicio, name="servicio"),
    path("sin-conexion/", sin_conexion.sin_conexion, name="sin_conexion"),
    path("territorio/", include("territorios.urls")),
    path("avisos/", include("territorios.urls_avisos")),
    path("acompanamiento/", include((de_acompanamiento, acompanamiento.app_name))),
    path("talleres/", include((de_talleres, talleres.app_name))),
    # Cortas, porque se teclean de un cartel o de un papel.
    path("", include(([*territorios.publicas, *talleres.publicas], "publico"))),
    path("pdot/", include("pdot.urls")),
    path("datos/", include("pdot.urls_datos")),
    path("api/", include("pdot.urls_api")),
    path("cuenta/", include(cuenta)),
    path("central/", admin.site.urls),
]
