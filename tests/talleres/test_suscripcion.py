"""El calendario propio: crear, cambiar y revocar la dirección, y lo que se lee con ella."""

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from icalendar import Calendar

from talleres.acciones import cancelar_encuentro
from talleres.calendario import calendario_de, evento_de, uid_de
from talleres.models import Convocado, Facilitacion, SuscripcionCalendario
from talleres.models.suscripcion import resumir
from talleres.suscripciones import TOPE, YaTiene, cambiar_direccion, revocar, suscribir
from talleres.views import suscripcion as vistas
from territorios.models import Usuario
from tests.carreras import a_la_vez
from tests.conftest import CLAVE_DE_CALENDARIO, entrar, ruta_admin
from tests.fabricas import (
    AutoridadFactory,
    EncuentroFactory,
    EntidadFactory,
    SuscripcionFactory,
)
from tests.lectura_html import pagina

GUAYAQUIL = ZoneInfo("America/Guayaquil")
PAGINA = "talleres:suscripciones"


def direccion(clave):
    return reverse("talleres:calendario", args=[clave])


def leer(client, clave):
    """{UID: evento} del calendario que abre esa clave."""
    respuesta = client.get(direccion(clave))
    assert respuesta.status_code == 200
    return {str(evento["uid"]): evento for evento in Calendar.from_ical(respuesta.content).events}


def titulos(eventos):
    return sorted(str(evento["summary"]) for evento in eventos.values())


def de_la_casa(respuesta):
    """La dirección que muestra la página, sin el servidor."""
    return re.search(r"http://testserver(/talleres/calendario/[\w-]+\.ics)", respuesta.text)[1]


# --- El evento ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_el_evento_de_un_encuentro(encuentro1, grupo1):
    encuentro1.nota = "Nota interna"
    encuentro1.autoridad = AutoridadFactory(gad_id="0807", nombre="Persona de prueba")
    direccion = "https://ejemplo.gob.ec/talleres/encuentros/1/"
    evento = evento_de(encuentro1, grupos=[grupo1], direccion=direccion)
    assert datetime(2019, 8, 22, 8, 30, tzinfo=GUAYAQUIL) == evento.DTSTART
    assert datetime(2019, 8, 22, 12, 30, tzinfo=GUAYAQUIL) == evento.DTEND
    assert {campo: str(evento[campo]) for campo in ("summary", "location", "status", "url")} == {
        "summary": "M3 · Rioverde",
        "location": "Rioverde",
        "status": "TENTATIVE",
        "url": direccion,
    }
    assert str(evento["description"]).split("\n") == [
        "Taller de Rioverde",
        "Momento 3 · Taller con equipos técnicos y presidentes/as",
        "Grupo 1: Esmeraldas – Rioverde",
        "Estado: planificado",
        direccion,
    ]
    # Ni la autoridad ni lo que anotó el equipo salen de la plataforma.
    escrito = evento.to_ical().decode()
    assert "Persona de prueba" not in escrito
    assert "Nota interna" not in escrito


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("estado", "dicho"),
    [
        ("planificado", "TENTATIVE"),
        ("reprogramado", "TENTATIVE"),
        ("convocado", "CONFIRMED"),
        ("realizado", "CONFIRMED"),
        ("cancelado", "CANCELLED"),
    ],
)
def test_el_estado(encuentro1, estado, dicho):
    encuentro1.estado = estado
    evento = evento_de(encuentro1)
    assert str(evento["status"]) == dicho
    assert str(evento["summary"]).startswith("Cancelado: ") == (estado == "cancelado")


@pytest.mark.django_db
def test_sin_hora_ocupa_el_dia_y_dice_la_jornada(territorio, estrategia):
    encuentro = EncuentroFactory(
        estrategia=estrategia,
        inicio=None,
        fin=None,
        jornada="tarde",
        lugar="Coliseo",
        canton=territorio.lugar["0807"],
    )
    evento = evento_de(encuentro)
    assert (date(2019, 8, 22), date(2019, 8, 23)) == (evento.DTSTART, evento.DTEND)
    assert "Hora por confirmar (tarde)" in str(evento["description"])
    assert str(evento["location"]) == "Coliseo, cantón Rioverde"


@pytest.mark.django_db
def test_sin_hora_de_fin_no_se_inventa(estrategia):
    evento = evento_de(EncuentroFactory(estrategia=estrategia, fin=None))
    assert datetime(2019, 8, 22, 8, 30, tzinfo=GUAYAQUIL) == evento.DTSTART
    assert "DTEND" not in evento


@pytest.mark.django_db
def test_el_calendario_trae_la_zona_horaria_que_usa(encuentro1):
    calendario = Calendar.from_ical(calendario_de([evento_de(encuentro1)], nombre="Talleres"))
    assert [str(zona["tzid"]) for zona in calendario.timezones] == ["America/Guayaquil"]
    assert calendario.events[0]["dtstart"].params["TZID"] == "America/Guayaquil"


# --- Lo que se lee con la clave -----------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("quien", "esperado"),
    [
        ("central", ["M3 · Pedernales", "M3 · Rioverde"]),
        ("zonal1", ["M3 · Pedernales", "M3 · Rioverde"]),
        ("zonal4", ["M3 · Pedernales"]),
        ("plan_rioverde", ["M3 · Rioverde"]),
        ("plan_chone", []),
    ],
)
def test_lleva_los_encuentros_que_ve_su_duenio(
    client, elenco, encuentro1, encuentro2, quien, esperado
):
    SuscripcionFactory(usuario=elenco[quien], clave="suya")
    assert titulos(leer(client, "suya")) == esperado


@pytest.mark.django_db
def test_sigue_a_su_duenio_si_cambia_de_zona(client, zonal1, encuentro1, encuentro2):
    SuscripcionFactory(usuario=zonal1, clave="suya")
    zonal1.zona_id = 4
    zonal1.save()
    assert titulos(leer(client, "suya")) == ["M3 · Pedernales"]


@pytest.mark.django_db
def test_la_de_un_grupo_lleva_solo_lo_de_ese_grupo(
    client, zonal1, zonal4, encuentro1, encuentro2, grupo1
):
    SuscripcionFactory(usuario=zonal1, grupo=grupo1, clave="suya")
    assert titulos(leer(client, "suya")) == ["M3 · Rioverde"]
    # Un grupo que dejó de ver no le dice ni qué encuentros comparte.
    encuentro2.grupos.add(grupo1)
    SuscripcionFactory(usuario=zonal4, grupo=grupo1, clave="otra")
    assert titulos(leer(client, "otra")) == []


@pytest.mark.django_db
def test_los_grupos_ajenos_no_se_nombran(client, zonal4, grupo1, encuentro2):
    encuentro2.grupos.add(grupo1)
    SuscripcionFactory(usuario=zonal4, clave="suya")
    (evento,) = leer(client, "suya").values()
    assert "Grupo 2: Muisne – Pedernales" in str(evento["description"])
    assert grupo1.nombre not in str(evento["description"])


@pytest.mark.django_db
def test_el_uid_queda_y_la_secuencia_sube(client, zonal1, encuentro1):
    """Mover y cancelar es cambiar la misma cita: su programa de calendario la actualiza."""
    SuscripcionFactory(usuario=zonal1, clave="suya")
    antes = leer(client, "suya")[uid_de(encuentro1)]
    cancelar_encuentro(encuentro1, motivo="Paro", por=zonal1, version=encuentro1.version)
    despues = leer(client, "suya")[uid_de(encuentro1)]
    assert (antes["sequence"], despues["sequence"]) == (0, 1)
    assert (str(antes["status"]), str(despues["status"])) == ("TENTATIVE", "CANCELLED")
    assert antes.DTSTAMP <= despues.DTSTAMP


@pytest.mark.django_db
def test_cabeceras(client, suscripcion):
    respuesta = client.get(direccion(CLAVE_DE_CALENDARIO))
    assert respuesta["Content-Type"] == "text/calendar; charset=utf-8"
    assert respuesta["Cache-Control"] == "private, no-cache"
    assert respuesta["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in respuesta


@pytest.mark.django_db
def test_si_nada_cambio_no_se_vuelve_a_mandar(client, zonal1, encuentro1):
    SuscripcionFactory(usuario=zonal1, clave="suya")
    sello = client.get(direccion("suya"))["ETag"]
    repetida = client.get(direccion("suya"), headers={"If-None-Match": sello})
    assert (repetida.status_code, repetida.content) == (304, b"")
    encuentro1.tema = "Otro tema"
    encuentro1.save()
    cambiada = client.get(direccion("suya"), headers={"If-None-Match": sello})
    assert (cambiada.status_code, b"Otro tema" in cambiada.content) == (200, True)


@pytest.mark.django_db
def test_mala_revocada_o_de_cuenta_cerrada_es_el_mismo_404(client, zonal1, inactivo, encuentro1):
    SuscripcionFactory(usuario=inactivo, clave="cerrada")
    revocada = SuscripcionFactory(usuario=zonal1, clave="revocada")
    revocar(revocada, por=zonal1)
    respuestas = [client.get(direccion(c)) for c in ("inexistente", "revocada", "cerrada")]
    assert [respuesta.status_code for respuesta in respuestas] == [404] * 3
    assert len({respuesta.content for respuesta in respuestas}) == 1
    # El resumen guardado tampoco es la clave.
    assert client.get(direccion(resumir("revocada"))).status_code == 404


@pytest.mark.django_db
def test_al_cerrar_la_cuenta_deja_de_abrir(client, zonal1):
    SuscripcionFactory(usuario=zonal1, clave="suya")
    assert client.get(direccion("suya")).status_code == 200
    Usuario.objects.filter(pk=zonal1.pk).update(is_active=False)
    assert client.get(direccion("suya")).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("metodo", ["post", "put", "delete"])
def test_solo_se_lee(client, suscripcion, metodo):
    assert getattr(client, metodo)(direccion(CLAVE_DE_CALENDARIO)).status_code == 405


@pytest.mark.django_db
def test_si_son_demasiados_van_los_mas_recientes(client, zonal1, grupo1, monkeypatch):
    monkeypatch.setattr(vistas, "TOPE_DE_EVENTOS", 2)
    for dia in (20, 21, 22):
        EncuentroFactory(
            estrategia=grupo1.estrategia,
            fecha=date(2019, 8, dia),
            lugar=f"Día {dia}",
            grupos=[grupo1],
        )
    SuscripcionFactory(usuario=zonal1, clave="suya")
    assert titulos(leer(client, "suya")) == ["M3 · Día 21", "M3 · Día 22"]


@pytest.mark.django_db
def test_el_de_un_gad_o_de_una_entidad_trae_solo_lo_suyo(client, zonal1, grupo1, encuentro1):
    ame = EntidadFactory(clave="ame", nombre="Asociación", siglas="AME")
    Facilitacion.objects.create(encuentro=encuentro1, entidad=ame, papel="acompana")
    otro = EncuentroFactory(
        estrategia=grupo1.estrategia, lugar="Muisne", fecha=date(2019, 8, 23), grupos=[grupo1]
    )
    Convocado.objects.create(encuentro=otro, gad_id="0807")
    SuscripcionFactory(usuario=zonal1, clave="de-ame", entidad=ame)
    SuscripcionFactory(usuario=zonal1, clave="de-rioverde", gad_id="0807")
    SuscripcionFactory(usuario=zonal1, clave="de-los-dos", gad_id="0807", entidad=ame)
    assert titulos(leer(client, "de-ame")) == ["M3 · Rioverde"]
    assert titulos(leer(client, "de-rioverde")) == ["M3 · Muisne"]
    assert titulos(leer(client, "de-los-dos")) == []


@pytest.mark.django_db
def test_se_pide_por_gad_y_entidad_de_lo_que_se_ve(client, zonal1, zonal4, encuentro1):
    ame = EntidadFactory(clave="ame", nombre="Asociación", siglas="AME")
    Facilitacion.objects.create(encuentro=encuentro1, entidad=ame, papel="acompana")
    Convocado.objects.create(encuentro=encuentro1, gad_id="0807")
    datos = {"nombre": "Mi teléfono", "gad": "0807", "entidad": ame.pk}
    entrar(client, zonal1).post(reverse(PAGINA), datos)
    suya = SuscripcionCalendario.objects.get()
    assert (suya.gad_id, suya.entidad) == ("0807", ame)
    dicho = " ".join(client.get(reverse(PAGINA)).text.split())
    assert "Solo los de Rioverde (cantón, Esmeraldas), en que está AME" in dicho
    respuesta = entrar(client, zonal4).post(reverse(PAGINA), datos)
    assert respuesta.status_code == 400
    assert set(respuesta.context["form"].errors) == {"gad", "entidad"}


@pytest.mark.django_db
def test_consultas_no_crecen(client, zonal1, grupo1, encuentro1, django_assert_num_queries):
    SuscripcionFactory(usuario=zonal1, clave="suya")
    with django_assert_num_queries(4):
        assert len(leer(client, "suya")) == 1
    for hora in (9, 10):
        EncuentroFactory(estrategia=grupo1.estrategia, inicio=time(hora), grupos=[grupo1])
    with django_assert_num_queries(4):
        assert len(leer(client, "suya")) == 3


# --- La página ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_crear_muestra_la_direccion_una_vez_y_no_guarda_la_clave(client, zonal1, encuentro1):
    entrar(client, zonal1)
    creada = client.post(reverse(PAGINA), {"nombre": "Mi teléfono", "grupo": ""})
    suya = de_la_casa(creada)
    clave = suya.split("/")[-1].removesuffix(".ics")
    fila = SuscripcionCalendario.objects.get()
    assert (fila.usuario, fila.nombre, fila.resumen) == (zonal1, "Mi teléfono", resumir(clave))
    assert len(clave) >= 43
    assert clave not in str(list(SuscripcionCalendario.objects.values()))
    assert "no-store" in creada["Cache-Control"]
    assert f"webcal://testserver{suya}" in pagina(creada).enlaces
    otra_vez = client.get(reverse(PAGINA))
    assert ("Mi teléfono" in otra_vez.text, clave in otra_vez.text) == (True, False)
    client.logout()
    assert titulos(leer(client, clave)) == ["M3 · Rioverde"]


@pytest.mark.django_db
def test_cambiar_la_direccion_cierra_la_anterior(client, zonal1):
    fila = SuscripcionFactory(usuario=zonal1, clave="vieja")
    entrar(client, zonal1)
    cambiada = client.post(reverse("talleres:cambiar_suscripcion", args=[fila.pk]))
    assert client.get(direccion("vieja")).status_code == 404
    assert client.get(de_la_casa(cambiada)).status_code == 200
    assert fila.historia.first().history_change_reason == "Cambio de dirección"


@pytest.mark.django_db
def test_revocar_la_cierra_y_deja_constancia(client, zonal1):
    fila = SuscripcionFactory(usuario=zonal1, clave="vieja", nombre="Mi teléfono")
    entrar(client, zonal1)
    ruta = reverse("talleres:revocar_suscripcion", args=[fila.pk])
    revocada = client.post(ruta, follow=True)
    assert "Se revocó «Mi teléfono»" in revocada.text
    assert list(revocada.context["suscripciones"]) == []
    assert client.get(direccion("vieja")).status_code == 404
    asiento = fila.historia.first()
    assert (asiento.history_user, asiento.history_change_reason) == (zonal1, "Revocación")
    assert client.post(ruta).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("que", ["cambiar", "revocar"])
@pytest.mark.parametrize("quien", ["central", "zonal4"])
def test_la_ajena_no_existe(client, elenco, que, quien):
    ajena = SuscripcionFactory(usuario=elenco["zonal1"], clave="ajena")
    entrar(client, elenco[quien])
    ruta = reverse(f"talleres:{que}_suscripcion", args=[ajena.pk])
    assert client.post(ruta).status_code == 404
    assert ajena.nombre not in client.get(reverse(PAGINA)).text
    assert client.get(direccion("ajena")).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("datos", "error"),
    [
        ({"nombre": ""}, "Póngale un nombre."),
        ({"nombre": "  "}, "Póngale un nombre."),
        ({"nombre": "Repetida"}, "Ya tiene un calendario con ese nombre"),
        ({"nombre": "Nueva", "grupo": "{grupo1}"}, "Ese grupo no está en su jurisdicción."),
        ({"nombre": "x" * 61}, "60"),
    ],
)
def test_lo_que_no_se_acepta_es_400_y_no_crea_nada(client, zonal4, grupo1, datos, error):
    SuscripcionFactory(usuario=zonal4, nombre="Repetida")
    datos = {campo: valor.format(grupo1=grupo1.pk) for campo, valor in datos.items()}
    respuesta = entrar(client, zonal4).post(reverse(PAGINA), datos)
    assert respuesta.status_code == 400
    assert error in respuesta.text
    assert SuscripcionCalendario.objects.count() == 1


@pytest.mark.django_db
def test_hay_un_tope(zonal1):
    for numero in range(TOPE):
        suscribir(zonal1, nombre=f"Número {numero}")
    with pytest.raises(YaTiene, match=f"Ya tiene {TOPE} calendarios"):
        suscribir(zonal1, nombre="Otra")
    revocar(SuscripcionCalendario.objects.first(), por=zonal1)
    suscribir(zonal1, nombre="Otra")


@pytest.mark.django_db
def test_la_base_impide_dos_vivas_con_un_nombre(zonal1, zonal4):
    una = SuscripcionFactory(usuario=zonal1, nombre="Mi teléfono")
    SuscripcionFactory(usuario=zonal4, nombre="Mi teléfono")
    with pytest.raises(IntegrityError), transaction.atomic():
        SuscripcionFactory(usuario=zonal1, nombre="Mi teléfono")
    revocar(una, por=zonal1)
    SuscripcionFactory(usuario=zonal1, nombre="Mi teléfono")


@pytest.mark.django_db
def test_cada_clave_es_otra(zonal1):
    suscripcion, primera = suscribir(zonal1, nombre="Mi teléfono")
    _, segunda = cambiar_direccion(suscripcion, por=zonal1)
    assert primera != segunda


@pytest.mark.django_db
def test_el_admin_no_muestra_la_clave_ni_el_nombre_y_no_edita(como_central, suscripcion):
    paginas = [
        como_central.get(ruta_admin(SuscripcionCalendario, "changelist")),
        como_central.get(ruta_admin(SuscripcionCalendario, "change", suscripcion.pk)),
        como_central.get(ruta_admin(SuscripcionCalendario, "history", suscripcion.pk)),
    ]
    for respuesta in paginas:
        assert respuesta.status_code == 200
        assert "plan_chone" in respuesta.text
        for secreto in (suscripcion.resumen, CLAVE_DE_CALENDARIO, "Mi teléfono"):
            assert secreto not in respuesta.text
    assert not hasattr(suscripcion.historia.first(), "resumen")
    assert como_central.get(ruta_admin(SuscripcionCalendario, "add")).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_dos_envios_a_la_vez_crean_una(zonal1):
    def crear(_):
        return suscribir(Usuario.objects.get(pk=zonal1.pk), nombre="Mi teléfono")

    resultados = a_la_vez(2, crear)
    assert sorted(isinstance(uno, YaTiene) for uno in resultados) == [False, True]
    assert SuscripcionCalendario.objects.count() == 1
