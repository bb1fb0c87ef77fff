"""Convocar a un encuentro: sus oficios, su numeración y los correos que quedan en la cola."""

from datetime import date

import icalendar
import pytest
from django.contrib.messages import get_messages
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from talleres.acciones import EncuentroCerrado, NoProcede
from talleres.acciones_convocatoria import enviar_convocatorias
from talleres.enlaces import camino_de
from talleres.lector_convocatoria import comun_propuesto, destinatarios_de
from talleres.models import Convocado, Convocatoria, Encuentro, InsumoEncuentro, SerieDeOficios
from territorios.models import Mensaje, NombreInstitucion
from territorios.versiones import Conflicto
from tests.carreras import a_la_vez
from tests.conftest import entrar
from tests.fabricas import AutoridadFactory, EncuentroFactory, PuntoAgendaFactory
from tests.lectura_html import lo_que_enviaria
from tests.lectura_pdf import texto_de
from tests.talleres.convocados import FIRMA, contacto, emitir, taller_por_venir

pytestmark = pytest.mark.django_db


def ruta(que, objeto):
    return reverse(f"talleres:{que}", args=[objeto.pk])


@pytest.fixture
def taller(grupo1, territorio):
    """Dentro de diez días: Esmeraldas (con correo), Rioverde (con correo) y Chumundé (sin él)."""
    NombreInstitucion.objects.create(nombre="Secretaría Técnica", siglas="ST")
    taller = taller_por_venir(grupo1, territorio, "08", "0807", "080752")
    AutoridadFactory(gad=territorio.gad["08"], nombre="Rosa Quiñónez", cargo="Prefecta")
    contacto("08", "prefectura@ejemplo.gob.ec")
    contacto("0807", "alcaldia@ejemplo.gob.ec")
    return taller


def convocar(client, taller, **cambios):
    """Abre la página y envía lo que trae, con la firma escrita y `cambios` encima."""
    abierta = client.get(ruta("convocatoria", taller))
    return client.post(
        ruta("convocatoria", taller), lo_que_enviaria(abierta, **FIRMA | cambios), follow=True
    )


def dichos(respuesta):
    return [str(mensaje) for mensaje in get_messages(respuesta.wsgi_request)]


# --- De un solo paso ----------------------------------------------------------------------------


def test_convoca_a_todos_en_un_paso(client, zonal1, taller):
    respuesta = convocar(entrar(client, zonal1), taller)
    assert dichos(respuesta) == [
        "Se convocó a 3 GAD: 2 correos en cola; 1 sin correo, por entregar y anotar su constancia."
    ]
    taller.refresh_from_db()
    assert (taller.estado, taller.version) == ("convocado", 2)
    assert taller.historia.latest().history_user == zonal1
    anio = timezone.localdate().year
    filas = Convocatoria.objects.order_by("gad").con_estado()
    assert [(una.gad_id, una.codigo, una.estado.label) for una in filas] == [
        ("08", f"ST-CZ1-{anio}-0001", "En cola"),
        ("0807", f"ST-CZ1-{anio}-0002", "En cola"),
        ("080752", f"ST-CZ1-{anio}-0003", "Sin correo: por entregar"),
    ]
    prefecta = filas[0]
    assert (prefecta.tratamiento, prefecta.destinatario, prefecta.cargo) == (
        "Señora Prefecta",
        "Rosa Quiñónez",
        "Prefecta",
    )
    assert (prefecta.institucion, prefecta.fecha) == ("Secretaría Técnica", timezone.localdate())
    assert filas[1].cargo == "Alcalde/sa"
    assert prefecta.historia.latest().history_user == zonal1


def test_lo_corregido_al_convocar_es_lo_que_se_guarda(client, zonal1, taller):
    convocar(
        entrar(client, zonal1),
        taller,
        **{
            "gad-08-tratamiento": "Señora Prefecta",
            "gad-080752-correo": "junta@ejemplo.ec",
            "texto": "Venga, por favor.",
        },
    )
    prefecta, _, junta = Convocatoria.objects.order_by("gad")
    assert (prefecta.tratamiento, prefecta.texto) == ("Señora Prefecta", "Venga, por favor.")
    assert junta.correo == "junta@ejemplo.ec"
    assert Mensaje.objects.count() == 3


def test_la_firma_siguiente_es_la_ultima_de_la_oficina(client, zonal1, central, taller):
    convocar(entrar(client, zonal1), taller, ciudad="Tena")
    otro = EncuentroFactory(estrategia=taller.estrategia)
    assert comun_propuesto(otro, zonal1)["firma"] == "Luz Cedeño"
    assert comun_propuesto(otro, zonal1)["ciudad"] == "Tena"
    assert comun_propuesto(otro, central)["firma"] == "Central"


def test_lo_mal_tecleado_se_dice_y_no_escribe_nada(client, zonal1, taller):
    respuesta = convocar(
        entrar(client, zonal1),
        taller,
        **{"gad-0807-correo": "alcaldia", "gad-08-cargo": "", "firma": "", "texto": "Hola"},
    )
    pagina = respuesta.content.decode()
    assert respuesta.status_code == 400
    assert "Rioverde (cantón, Esmeraldas), correo (opcional)</a>: Escriba un correo como" in pagina
    assert "Escriba el cargo." in pagina
    assert "Escriba el nombre de quien firma." in pagina
    assert 'value="alcaldia"' in pagina
    nada_escrito(taller)


def nada_escrito(taller):
    assert Convocatoria.objects.count() == Mensaje.objects.count() == 0
    assert SerieDeOficios.objects.count() == 0
    taller.refresh_from_db()
    assert (taller.estado, taller.version) == ("planificado", 1)


def test_si_otra_persona_lo_cambio_no_se_convoca(client, zonal1, taller):
    entrar(client, zonal1)
    datos = lo_que_enviaria(client.get(ruta("convocatoria", taller)), **FIRMA)
    datos["texto"] = "Lo que escribí con cuidado"
    Encuentro.objects.filter(pk=taller.pk).update(version=2)
    respuesta = client.post(ruta("convocatoria", taller), datos)
    assert respuesta.status_code == 409
    assert "no se envió nada desde aquí" in respuesta.content.decode()
    assert "Lo que escribí con cuidado" in respuesta.content.decode()
    assert Convocatoria.objects.count() == 0


@pytest.mark.parametrize("estado", ["realizado", "cancelado"])
def test_uno_cerrado_no_se_convoca(client, zonal1, taller, estado):
    Encuentro.objects.filter(pk=taller.pk).update(estado=estado, motivo="Lluvia")
    pagina = entrar(client, zonal1).get(ruta("convocatoria", taller)).content.decode()
    assert "su convocatoria ya no cambia" in pagina
    assert "Convocar a" not in pagina
    with pytest.raises(EncuentroCerrado):
        emitir(taller, zonal1)
    assert Convocatoria.objects.count() == 0


def test_uno_que_ya_paso_no_se_convoca(zonal1, encuentro1, territorio):
    Convocado.objects.create(encuentro=encuentro1, gad=territorio.gad["0807"])
    with pytest.raises(NoProcede, match="ya pasó"):
        emitir(encuentro1, zonal1)
    assert SerieDeOficios.objects.count() == 0


def test_sin_convocados_ensena_el_siguiente_paso(client, zonal1, taller):
    taller.convocados.all().delete()
    pagina = entrar(client, zonal1).get(ruta("convocatoria", taller)).content.decode()
    assert "no tiene GAD convocados" in pagina
    assert reverse("talleres:editar_encuentro", args=[taller.pk]) in pagina
    with pytest.raises(NoProcede, match="Los GAD convocados cambiaron"):
        emitir(taller, zonal1)


def test_el_que_se_agrega_despues_se_convoca_solo_a_el(client, zonal1, taller, territorio):
    convocar(entrar(client, zonal1), taller)
    Convocado.objects.create(encuentro=taller, gad=territorio.gad["0801"])
    assert "Convocar a 1 GAD" in client.get(ruta("convocatoria", taller)).content.decode()
    convocar(client, taller)
    assert sorted(Convocatoria.objects.values_list("gad", "numero")) == [
        ("08", 1),
        ("0801", 4),
        ("0807", 2),
        ("080752", 3),
    ]


# --- Quién --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quien", "estado"),
    [
        ("central", 200),
        ("zonal1", 200),
        ("zonal4", 404),
        ("observador", 403),
        ("plan_rioverde", 403),
        ("plan_chone", 403),
    ],
)
def test_la_ven_quienes_editan_el_encuentro(client, elenco, taller, quien, estado):
    oficios = emitir(taller, elenco["central"])
    entrar(client, elenco[quien])
    for direccion in (ruta("convocatoria", taller), ruta("destinatario", oficios[0])):
        assert client.get(direccion).status_code == estado
    if estado != 200:
        for que in ("constancia", "anotar_respuesta", "revocar_enlace", "destinatario"):
            assert client.post(ruta(que, oficios[0])).status_code == estado
        assert client.post(ruta("convocatoria", taller)).status_code == estado
        assert client.get(ruta("oficio_pdf", oficios[0])).status_code == estado


# --- Numeración ---------------------------------------------------------------------------------


def test_cada_oficina_lleva_su_serie(zonal1, central, taller):
    emitir(taller, zonal1)
    otro = EncuentroFactory(estrategia=taller.estrategia, fecha=taller.fecha)
    Convocado.objects.create(encuentro=otro, gad_id="0807")
    emitir(otro, central)
    series = Convocatoria.objects.values_list("oficina", "numero").order_by("pk")
    assert list(series) == [("CZ1", 1), ("CZ1", 2), ("CZ1", 3), ("MATRIZ", 1)]


def test_si_algo_falla_el_numero_vuelve_a_estar_libre(zonal1, taller, monkeypatch):
    with monkeypatch.context() as roto:
        roto.setattr("talleres.acciones_convocatoria.poner_convocado", lambda *a, **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            emitir(taller, zonal1)
    nada_escrito(taller)
    emitir(taller, zonal1)
    assert sorted(Convocatoria.objects.values_list("numero", flat=True)) == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_a_la_vez_no_hay_repetidos_ni_huecos(zonal1, taller):
    talleres = [taller]
    for _ in range(5):
        otro = EncuentroFactory(estrategia=taller.estrategia, fecha=taller.fecha)
        for codigo in ("08", "0807"):
            Convocado.objects.create(encuentro=otro, gad_id=codigo)
        talleres.append(otro)
    hechos = a_la_vez(6, lambda n: len(emitir(talleres[n], zonal1)))
    assert hechos == [3, 2, 2, 2, 2, 2]
    assert sorted(Convocatoria.objects.values_list("numero", flat=True)) == list(range(1, 14))
    assert SerieDeOficios.objects.get().ultimo == 13


@pytest.mark.django_db(transaction=True)
def test_doble_envio_emite_y_encola_una_vez(zonal1, taller):
    def convocar_y_enviar(n):
        return enviar_convocatorias(emitir(taller, zonal1), por=zonal1)

    hechos = a_la_vez(4, convocar_y_enviar)
    assert sorted(str(type(hecho).__name__) for hecho in hechos) == ["Conflicto"] * 3 + ["int"]
    assert (Convocatoria.objects.count(), Mensaje.objects.count()) == (3, 2)
    assert SerieDeOficios.objects.get().ultimo == 3


@pytest.mark.django_db(transaction=True)
def test_reenviar_a_la_vez_encola_uno(zonal1, taller):
    oficios = [una.pk for una in emitir(taller, zonal1) if una.correo]

    def enviar(n):
        return enviar_convocatorias(Convocatoria.objects.filter(pk__in=oficios), por=zonal1)

    assert sum(a_la_vez(4, enviar)) == 2
    assert Mensaje.objects.count() == 2


# --- El correo ----------------------------------------------------------------------------------


@pytest.fixture
def correos(client, zonal1, taller):
    """{dirección: correo} que salen al convocar, leídos de vuelta."""
    PuntoAgendaFactory(encuentro=taller, orden=1, titulo="Visión del territorio")
    InsumoEncuentro.objects.create(
        encuentro=taller, orden=1, texto="PDOT vigente", responsable="cada GAD"
    )
    convocar(entrar(client, zonal1), taller)
    call_command("enviar_correos")
    assert len(mail.outbox) == 2
    return {correo.to[0]: correo for correo in mail.outbox}


def adjunto(correo, nombre):
    return next(parte for parte in correo.message().walk() if parte.get_filename() == nombre)


def test_el_correo_leido_de_vuelta(correos, taller):
    correo = correos["prefectura@ejemplo.gob.ec"]
    una = Convocatoria.objects.get(gad="08")
    assert correo.subject.startswith("Convocatoria al taller de Rioverde, ")
    assert correo.content_subtype == "plain"
    assert correo.body.startswith("Señora Prefecta Rosa Quiñónez:\n\nEn el marco de «Piloto")
    assert f"\nhttp://testserver{camino_de(una)}\n" in correo.body
    assert "de 08:30 a 12:30" in correo.body
    assert correo.to == ["prefectura@ejemplo.gob.ec"]
    assert not correo.cc + correo.bcc
    # Nada de los demás convocados.
    otra = Convocatoria.objects.get(gad="0807")
    for ajeno in (otra.llave, "alcaldia@ejemplo.gob.ec", otra.codigo, "Chumundé"):
        assert ajeno not in correo.message().as_string()


def test_el_oficio_adjunto(correos):
    una = Convocatoria.objects.get(gad="08")
    nombre = f"oficio-{una.codigo.lower()}-esmeraldas.pdf"
    texto = texto_de(adjunto(correos["prefectura@ejemplo.gob.ec"], nombre).get_payload(decode=True))
    for parte in [
        f"Oficio n.º {una.codigo}",
        "Asunto: Convocatoria al taller de Rioverde",
        "Señora Prefecta Rosa Quiñónez Gobierno Autónomo Descentralizado Provincial de",
        "08:30 – 09:00 Visión del territorio",
        "PDOT vigente (cada GAD)",
        "Luz Cedeño Coordinadora zonal Secretaría Técnica",
    ]:
        assert parte in texto


def test_la_cita_adjunta(correos, taller, settings):
    una = Convocatoria.objects.get(gad="08")
    parte = adjunto(correos["prefectura@ejemplo.gob.ec"], "invitacion.ics")
    assert parte.get_content_type() == "text/calendar"
    assert parte.get_param("method") == "REQUEST"
    calendario = icalendar.Calendar.from_ical(parte.get_payload(decode=True))
    (evento,) = calendario.walk("VEVENT")
    assert calendario["method"] == "REQUEST"
    assert evento["uid"] == f"encuentro-{taller.pk}@acompanamiento-pdot"
    assert evento["sequence"] == 1
    assert evento["status"] == "CONFIRMED"
    assert evento["organizer"] == f"mailto:{settings.DEFAULT_FROM_EMAIL}"
    assert evento["organizer"].params["CN"] == "Secretaría Técnica"
    assert evento["attendee"] == "mailto:prefectura@ejemplo.gob.ec"
    assert evento["attendee"].params["CN"] == "Rosa Quiñónez"
    assert str(evento["url"]) == f"http://testserver{camino_de(una)}"
    assert timezone.localtime(evento.DTSTART).strftime("%H:%M") == "08:30"


def test_ya_enviada_no_se_reenvia(client, correos, taller):
    assert {una.estado for una in Convocatoria.objects.exclude(correo="")} == {"enviada"}
    respuesta = client.post(ruta("reenviar", taller), follow=True)
    assert dichos(respuesta) == ["No hay correos que reenviar."]
    call_command("enviar_correos")
    assert len(mail.outbox) == 2


def test_lo_que_no_salio_se_reenvia_con_otra_clave(client, correos, taller):
    una = Convocatoria.objects.get(gad="08")
    Mensaje.objects.filter(pk=una.mensaje_id).update(
        estado="fallido", motivo="Rechazado", enviado=None
    )
    una.refresh_from_db()
    assert una.estado == "no_salio"
    pagina = client.get(ruta("convocatoria", taller)).content.decode()
    assert "Reenviar a 1 que falta<" in pagina
    assert "Rechazado" in pagina
    client.post(ruta("reenviar", taller))
    una.refresh_from_db()
    assert (una.envio, una.estado) == (2, "en_cola")
    call_command("enviar_correos")
    assert len(mail.outbox) == 3


# --- De dónde sale el correo --------------------------------------------------------------------


@pytest.mark.parametrize(
    "datos",
    [
        {"hasta": date(2019, 9, 1), "desde": date(2019, 1, 1)},
        {"desde": date(2090, 1, 1)},
        {"consentimiento_fecha": date(2090, 1, 1)},
        {"correo": ""},
    ],
)
def test_solo_el_contacto_vigente_que_consintio(taller, datos):
    contacto("080752", **{"correo": "junta@ejemplo.ec"} | datos)
    assert [uno.propuesta["correo"] for uno in destinatarios_de(taller)][2] == ""


def test_la_autoridad_es_la_del_dia_del_encuentro(taller, territorio):
    AutoridadFactory(
        gad=territorio.gad["0807"], nombre="Ex", desde=date(2014, 5, 15), hasta=date(2019, 5, 15)
    )
    AutoridadFactory(
        gad=territorio.gad["0807"], nombre="Quien vendrá", desde=taller.fecha, cargo="Alcaldesa"
    )
    rioverde = destinatarios_de(taller)[1]
    assert rioverde.propuesta["destinatario"] == "Quien vendrá"
    assert rioverde.propuesta["cargo"] == "Alcaldesa"


def test_el_conflicto_de_version_se_nota(zonal1, taller):
    with pytest.raises(Conflicto):
        emitir(taller, zonal1, version=7)
    nada_escrito(taller)
