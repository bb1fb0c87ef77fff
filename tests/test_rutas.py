"""Matriz ruta × rol: toda ruta declara su regla y se visita con cada identidad, en GET y POST.

Objeto ajeno: 404 y la base no cambia. Sin permiso: 403. Sin sesión: a ingresar, o 401 con lo que
se envió. Nunca 500.
"""

from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import transaction
from django.urls import path, reverse

from territorios.jurisdiccion import Permiso, es_publica, exige

from .conftest import entrar
from .rutas import (
    ADMIN,
    IDENTIDADES,
    PUBLICO,
    SIN_SESION,
    VEN,
    ZONAS,
    Ruta,
    alcanza,
    combinaciones,
    de_la_plataforma,
    rutas,
    tiene,
)

# Lo de allauth no lleva nuestro decorador: se dice aquí, una por una.
CUENTAS_PUBLICAS = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
}
CUENTAS_CON_SESION = {
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
}
CUENTAS = CUENTAS_PUBLICAS | CUENTAS_CON_SESION

# Lo que probaría quien quiere colarse: campos que ningún formulario debe obedecer.
TECLEADO = {
    "estado": "aprobada",
    "decision": "aprobar",
    "gad": "1303",
    "zona": "4",
    "rol": "central",
    "is_superuser": "on",
    "version": "1",
    "version_leida": "1",
    "motivo": "Porque sí",
    "texto": "Intrusión",
}
SE_ATIENDE = {"GET": {200, 302, 405, 409}, "POST": {200, 302, 303, 400, 405, 409}}


# --- Declarar -----------------------------------------------------------------------------------


def sin_declarar(unas):
    """Rutas propias que no dicen su regla, o que dicen una y sirven otra."""
    fallas = []
    for ruta in unas:
        permiso = getattr(getattr(ruta.vista, "view_class", ruta.vista), "permiso", "nada")
        publica = getattr(ruta.vista, "login_required", True) is False
        if not (isinstance(permiso, Permiso) and not publica or permiso is None and publica):
            fallas.append(f"{ruta.nombre}: {permiso}")
    return fallas


def test_toda_ruta_declara_su_regla():
    unas = de_la_plataforma()
    assert not sin_declarar(unas)
    assert len(unas) > 15


def test_control_una_ruta_sin_regla_se_denuncia():
    def suelta(request): ...

    def abierta(request): ...

    cerrada = exige(Permiso.VER_TERRITORIO)(suelta)
    contradictoria = exige(Permiso.VER_TERRITORIO)(lambda request: None)
    contradictoria.login_required = False
    vistas = {
        "suelta": suelta,
        "cerrada": cerrada,
        "contradictoria": contradictoria,
        "abierta": es_publica(abierta),
    }
    unas = [Ruta(nombre, "", path("", vista).callback, ()) for nombre, vista in vistas.items()]
    assert [falla.split(":")[0] for falla in sin_declarar(unas)] == ["suelta", "contradictoria"]


def test_las_cuentas_listadas_son_las_que_hay():
    hay = {ruta.nombre for ruta in rutas() if ruta.nombre.startswith(("account_", "mfa_"))}
    assert hay == CUENTAS


def test_el_permiso_de_administrar_es_solo_de_la_central(elenco):
    quienes = {nombre for nombre, u in elenco.items() if tiene(u, Permiso.ADMINISTRAR)}
    assert quienes == {"central", "inactivo"}
    assert {nombre for nombre, u in elenco.items() if u.puede(Permiso.ADMINISTRAR)} == {"central"}


# --- El alcance escrito a mano y el de los QuerySet ---------------------------------------------


@pytest.fixture
def cosas(
    grupo1,
    grupo2,
    encuentro1,
    encuentro2,
    acuerdos,
    aceptados,
    aportes,
    evidencias,
    hitos,
    lineas,
    evaluaciones,
    fotos,
    suscripcion,
    participantes,
    certificados,
    convocatorias,
    temas,
    capacidades,
    del_plan,
    informes,
    avisos,
    documentos,
    en_bloque,
):
    hechas = {f"evaluacion {codigo}": fila for codigo, fila in evaluaciones.items()}
    return (
        hechas
        | acuerdos
        | aceptados
        | participantes
        | aportes
        | evidencias
        | certificados
        | hitos
        | lineas
        | fotos
        | temas
        | del_plan
        | informes
        | avisos
        | documentos
        | en_bloque
        | {
            "grupo1": grupo1,
            "grupo2": grupo2,
            "encuentro1": encuentro1,
            "encuentro2": encuentro2,
            "suscripcion": suscripcion,
            "convocatoria1": convocatorias["convocatoria1"],
            "convocatoria2": convocatorias["convocatoria2"],
        }
        | {nombre: capacidades[nombre] for nombre in ("necesidad1", "necesidad2", "plan1", "plan2")}
    )


def test_cada_quien_ve_lo_que_le_toca(elenco, cosas):
    assert set(cosas) == set(VEN)
    vistas = 0
    for cosa, fila in cosas.items():
        for nombre, usuario in elenco.items():
            visible = type(fila).objects.visibles_para(usuario).filter(pk=fila.pk).exists()
            assert visible == (nombre in VEN[cosa]), f"{nombre} y {cosa}"
            vistas += 1
    assert vistas == len(VEN) * len(elenco)


# --- Visitar ------------------------------------------------------------------------------------


def retrato():
    """Todas las filas de la casa, historial incluido."""
    return {
        modelo._meta.label: sorted(modelo._base_manager.values_list(), key=str)
        for modelo in apps.get_models()
        if modelo._meta.app_label in ("territorios", "acompanamiento", "talleres", "pdot")
    }


@contextmanager
def sin_dejar_rastro():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def visita(sin_pdf, client, elenco, muestrario):
    """Función que abre la sesión de alguien y da su recorrido: (ruta, cosas, método, respuesta).

    Salta las rutas cuyo nombre esté en `salvo`, también si entra a mitad de sus muestras.
    """

    def empezar(quien, salvo=()):
        usuario = elenco.get(quien)
        if usuario:
            entrar(client, usuario)
        return recorrer(quien, usuario, salvo)

    def recorrer(quien, usuario, salvo):
        for ruta in de_la_plataforma():
            for valores, cosas in combinaciones(ruta.parametros, muestrario):
                for metodo in ("GET", "POST"):
                    if ruta.nombre in salvo:
                        break
                    url = ruta.direccion(valores)
                    respuesta = pedir(client, metodo, url, ruta, quien, usuario, cosas)
                    yield ruta, cosas, metodo, respuesta

    def pedir(client, metodo, url, ruta, quien, usuario, cosas):
        pide = client.get if metodo == "GET" else client.post
        datos = {} if metodo == "GET" else TECLEADO
        if quien in SIN_SESION or not tiene(usuario, ruta.permiso):
            return pide(url, datos)
        if not alcanza(quien, ruta.permiso, cosas):
            return pide(url, datos)
        # Lo permitido puede escribir de verdad: se deshace para no estorbar a lo siguiente.
        with sin_dejar_rastro():
            return pide(url, datos)

    return empezar


def esperado(quien, usuario, ruta, cosas, metodo):
    """Códigos que se aceptan. El 405 es de una vista que no atiende ese método."""
    if ruta.permiso is None:
        return SE_ATIENDE[metodo]
    if quien in SIN_SESION:
        return {302} if metodo == "GET" else {401}
    if not tiene(usuario, ruta.permiso):
        return {403}
    if not alcanza(quien, ruta.permiso, cosas):
        return {404, 405} if metodo == "GET" else {404}
    return SE_ATIENDE[metodo]


@pytest.mark.parametrize("quien", IDENTIDADES)
def test_matriz(quien, visita, elenco, client):
    recorrido = visita(quien)
    antes, vistas, fallas = retrato(), 0, []
    for ruta, cosas, metodo, respuesta in recorrido:
        aceptados = esperado(quien, elenco.get(quien), ruta, cosas, metodo)
        if respuesta.status_code not in aceptados:
            fallas.append(
                f"{metodo} {respuesta.request['PATH_INFO']} ({', '.join(cosas)}) como {quien}: "
                f"{respuesta.status_code}, se esperaba {sorted(aceptados)}"
            )
        if quien in SIN_SESION and ruta.permiso and metodo == "GET":
            assert respuesta.url.startswith(reverse("account_login")), ruta
        vistas += 1
    assert not fallas, "\n".join(fallas)
    assert vistas > 80
    assert retrato() == antes, "una petición rechazada escribió en la base"


def test_toda_ruta_se_abre_para_alguien(visita, elenco):
    """Una ruta que niega a todos pasaría la matriz sin probar nada."""
    abiertas = set()
    for quien in ("central", "zonal1", "plan_rioverde", "plan_chone"):
        for ruta, _, _, respuesta in visita(quien, salvo=abiertas):
            if respuesta.status_code in (200, 302, 303, 400):
                abiertas.add(ruta.nombre)
    assert {ruta.nombre for ruta in de_la_plataforma()} - abiertas == set()


def test_lo_que_no_existe_es_404(sin_pdf, client, central, muestrario):
    entrar(client, central)
    probadas = 0
    for ruta in de_la_plataforma():
        if ruta.parametros and tiene(central, ruta.permiso):
            valores = [
                999_999 if nombre in ("pk", "numero", "grupo", "otra", "zona") else "nada"
                for _, nombre in ruta.parametros
            ]
            assert client.get(ruta.direccion(valores)).status_code in (404, 405), ruta.nombre
            probadas += 1
    assert probadas > 5


def test_control_un_parametro_desconocido_se_denuncia(sin_pdf, muestrario):
    with pytest.raises(LookupError, match="«ficha» después de «acuerdos/»"):
        combinaciones((("acuerdos", "ficha"),), muestrario)
    cosas = {cosa for pares in muestrario.values() for _, cosa in pares}
    assert cosas - {PUBLICO} - set(VEN) == set(ZONAS)


# --- Cuentas y admin ----------------------------------------------------------------------------

DE_CORREO = {"uidb36": "1", "key": "abc-def"}


@pytest.mark.parametrize("quien", IDENTIDADES)
def test_cuentas(quien, client, elenco):
    for nombre in sorted(CUENTAS):
        clave = DE_CORREO if nombre == "account_reset_password_from_key" else {}
        for metodo in ("get", "post"):
            if quien in elenco:
                entrar(client, elenco[quien])
            respuesta = getattr(client, metodo)(reverse(nombre, kwargs=clave))
            if quien in SIN_SESION and nombre in CUENTAS_CON_SESION and metodo == "post":
                assert respuesta.status_code == 401, nombre
            elif quien in SIN_SESION and nombre in CUENTAS_CON_SESION:
                assert respuesta.status_code == 302, nombre
                assert respuesta.url.startswith(reverse("account_login")), nombre
            else:
                assert respuesta.status_code in (200, 302, 400, 404, 405), (nombre, metodo)


@pytest.mark.parametrize("quien", IDENTIDADES)
def test_admin(quien, client, elenco):
    if quien in elenco:
        entrar(client, elenco[quien])
    sin_parametros = [
        ruta
        for ruta in rutas()
        if ruta.nombre.startswith(f"{ADMIN}:")
        and not ruta.parametros
        and "(" not in ruta.camino
        and ruta.nombre not in ("admin:logout", "admin:login", "admin:None")
    ]
    codigos = {}
    for ruta in sin_parametros:
        respuesta = client.get(ruta.direccion(), follow=quien not in SIN_SESION)
        codigos.setdefault(respuesta.status_code, []).append(ruta.nombre)
    assert len(sin_parametros) > 60
    if quien == "central":
        # El alta de lo que solo se lee se niega también a la central.
        negadas = [nombre for nombre in codigos.pop(403) if not nombre.endswith("_add")]
        assert set(codigos) <= {200, 404}, codigos
        assert negadas == ["admin:autocomplete"]
    else:
        # A quien no tiene sesión se le lleva a ingresar; al resto se le niega.
        assert set(codigos) == {302 if quien in SIN_SESION else 403}
