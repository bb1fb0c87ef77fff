"""La cola de correo: cada mensaje sale una vez, y lo que no sale se ve y se explica."""

import logging
import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone
from icalendar import Calendar

from talleres.calendario import calendario_de, evento_de
from territorios import cartero
from territorios.cartero import anular, anular_los_de, despachar, encolar, reintentar
from territorios.models import Adjunto, Mensaje
from tests.carreras import a_la_vez
from tests.servidor_correo import ACEPTA, CORTA, servidor_en_marcha

PARA = "alcaldia@ejemplo.gob.ec"


@pytest.fixture
def servidor():
    with servidor_en_marcha() as servidor:
        yield servidor


def dejar(clave="convocatoria-1", **datos):
    return encolar(**{"clave": clave, "para": PARA, "asunto": clave, "texto": "Buen día"} | datos)


def estados():
    return list(Mensaje.objects.order_by("pk").values_list("estado", flat=True))


def adelantar(mensaje, **campos):
    """Como si hubiera pasado el tiempo: la prueba no espera."""
    Mensaje.objects.filter(pk=mensaje.pk).update(**campos)


def hace(**cuanto):
    return timezone.now() - timedelta(**cuanto)


# --- Encolar ------------------------------------------------------------------------------------


def test_lo_encolado_sale_y_queda_la_constancia(db):
    mensaje = dejar(asunto="Convocatoria\nal taller")
    assert mensaje.estado == "pendiente"
    assert despachar() == cartero.Resultado(enviados=1)
    mensaje.refresh_from_db()
    assert (mensaje.estado, mensaje.intentos, mensaje.motivo) == ("enviado", 1, "")
    assert mensaje.enviado is not None
    (correo,) = mail.outbox
    assert (correo.to, correo.subject) == ([PARA], "Convocatoria al taller")
    assert correo.body == "Buen día"


def test_una_clave_repetida_devuelve_el_que_ya_estaba(db):
    primero = dejar(adjuntos=[("a.txt", "text/plain", b"uno")])
    otro = dejar(texto="Otro texto", adjuntos=[("b.txt", "text/plain", b"dos")])
    assert otro == primero
    assert otro.texto == "Buen día"
    assert [adjunto.nombre for adjunto in Adjunto.objects.all()] == ["a.txt"]
    despachar()
    assert dejar().estado == "enviado"
    assert [despachar().enviados, len(mail.outbox)] == [0, 1]


def test_si_la_transaccion_se_deshace_no_hay_mensaje(db):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        dejar()
        raise ZeroDivisionError
    assert not Mensaje.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_encolar_a_la_vez_con_la_misma_clave_deja_uno():
    mensajes = a_la_vez(4, lambda n: dejar(adjuntos=[("a.txt", "text/plain", b"uno")]))
    assert len({mensaje.pk for mensaje in mensajes}) == 1
    assert Adjunto.objects.count() == 1


# --- Una sola vez -------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_varios_despachadores_a_la_vez_mandan_cada_mensaje_una_vez(servidor):
    claves = [f"mensaje-{n:02}" for n in range(12)]
    for clave in claves:
        dejar(clave)
    resultados = a_la_vez(3, lambda n: despachar())
    assert sum(resultado.enviados for resultado in resultados) == 12
    assert sorted(servidor.asuntos()) == claves
    assert set(estados()) == {"enviado"}


@pytest.mark.django_db(transaction=True)
def test_no_despacha_dentro_de_una_transaccion():
    dejar()
    with pytest.raises(RuntimeError), transaction.atomic():
        despachar()
    assert (estados(), mail.outbox) == (["pendiente"], [])


def test_al_morir_a_mitad_queda_dudoso_y_no_se_repite_solo(db, servidor):
    def morir(correo):
        raise KeyboardInterrupt

    mensaje = dejar()
    with pytest.MonkeyPatch.context() as parche:
        parche.setattr(mail.EmailMessage, "send", morir)
        with pytest.raises(KeyboardInterrupt):
            despachar()
    assert estados() == ["enviando"]
    assert despachar() == cartero.Resultado()
    assert estados() == ["enviando"]
    adelantar(mensaje, cambiado=hace(minutes=11))
    assert [despachar().enviados, despachar().enviados] == [0, 0]
    mensaje.refresh_from_db()
    assert (mensaje.estado, mensaje.motivo) == ("dudoso", cartero.MURIO)
    assert servidor.recibidos == []
    assert reintentar(mensaje)
    assert despachar().enviados == 1
    assert estados() == ["enviado"]


@pytest.mark.django_db(transaction=True)
def test_la_respuesta_tardia_de_un_envio_dado_por_muerto_cuenta(servidor):
    """El servidor tardó más que el plazo, pero contestó: salió, y no hay nada que decidir."""

    def lento(correo):
        adelantar(mensaje, estado="dudoso", motivo=cartero.MURIO)
        connection.close()
        return ACEPTA

    mensaje = dejar()
    servidor.al_recibir = lento
    assert despachar().enviados == 1
    mensaje.refresh_from_db()
    assert (mensaje.estado, mensaje.motivo) == ("enviado", "")


def test_el_identificador_del_mensaje_no_cambia_de_un_intento_a_otro(db, servidor):
    vistos = []

    def anotar(correo):
        vistos.append(correo["Message-ID"])
        return "451 vuelva luego" if len(vistos) == 1 else ACEPTA

    servidor.al_recibir = anotar
    mensaje = dejar()
    despachar()
    adelantar(mensaje, proximo=hace(minutes=1))
    despachar()
    assert vistos == [f"<{mensaje.identificador}@localhost>"] * 2


# --- Cuando el correo falla ---------------------------------------------------------------------


def test_el_servidor_se_cae_a_mitad_y_cada_mensaje_sale_una_vez(db):
    with servidor_en_marcha() as servidor:
        uno, dos, tres = (dejar(clave) for clave in ("uno", "dos", "tres"))

        def caerse(correo):
            servidor.shutdown()
            servidor.server_close()
            return ACEPTA

        servidor.al_recibir = caerse
        assert despachar() == cartero.Resultado(enviados=1, fallas=1)
        assert servidor.asuntos() == ["uno"]
    # La pasada termina con la primera falla: no gasta los intentos de todos los demás.
    assert estados() == ["enviado", "pendiente", "pendiente"]
    dos.refresh_from_db()
    assert (dos.intentos, dos.motivo) == (1, cartero.NO_RESPONDE)
    with servidor_en_marcha() as otro:
        assert despachar().enviados == 1
        adelantar(dos, proximo=hace(minutes=1))
        assert [despachar().enviados for _ in range(2)] == [1, 0]
        assert otro.asuntos() == ["tres", "dos"]


def test_espera_cada_vez_mas_y_al_final_falla(db, servidor):
    servidor.al_recibir = lambda correo: "451 vuelva luego"
    mensaje, esperas = dejar(), []
    for _ in cartero.ESPERAS:
        antes = timezone.now()
        assert despachar() == cartero.Resultado(fallas=1)
        mensaje.refresh_from_db()
        assert mensaje.estado == "pendiente"
        esperas.append(round((mensaje.proximo - antes).total_seconds() / 60))
        assert despachar() == cartero.Resultado()
        adelantar(mensaje, proximo=hace(seconds=1))
    assert esperas == [1, 5, 15, 60, 180, 360, 720, 1440, 1440]
    despachar()
    mensaje.refresh_from_db()
    assert (mensaje.estado, mensaje.intentos) == ("fallido", 10)
    assert mensaje.motivo == "El servidor de correo lo rechazó (código 451)."


def test_un_rechazo_definitivo_no_se_repite_y_los_demas_salen(db, servidor):
    servidor.a_quien = lambda orden: "550 no existe" if "NADIE" in orden else "250 bien"
    malo, bueno = dejar("uno", para="nadie@ejemplo.gob.ec"), dejar("dos")
    assert despachar() == cartero.Resultado(enviados=1, fallas=1)
    assert estados() == ["fallido", "enviado"]
    malo.refresh_from_db()
    assert malo.motivo == "El servidor de correo lo rechazó (código 550)."
    assert servidor.asuntos() == [bueno.asunto]


@pytest.mark.parametrize("para", ["no es un correo", "a@b.ec, c@d.ec", "a@b.ec\nBcc: c@d.ec"])
def test_una_direccion_imposible_falla_y_dice_por_que(db, servidor, para):
    dejar(para=para)
    assert despachar() == cartero.Resultado(fallas=1)
    mensaje = Mensaje.objects.get()
    assert (mensaje.estado, mensaje.motivo) == (
        "fallido",
        "La dirección o el asunto no son válidos.",
    )
    assert servidor.recibidos == []


def test_si_la_conexion_se_corta_sin_respuesta_queda_dudoso(db, servidor):
    """El servidor pudo haberlo recibido: repetirlo solo podría duplicarlo."""
    servidor.al_recibir = lambda correo: CORTA
    mensaje = dejar()
    assert [despachar(), despachar()] == [cartero.Resultado(fallas=1), cartero.Resultado()]
    mensaje.refresh_from_db()
    assert (mensaje.estado, mensaje.motivo) == ("dudoso", cartero.SIN_RESPUESTA)


def test_el_registro_no_nombra_a_nadie(db, servidor, caplog):
    servidor.a_quien = lambda orden: "550 no existe"
    with caplog.at_level(logging.DEBUG, logger="territorios"):
        mensaje = dejar(asunto="Convocatoria a Ana", texto="Entre con https://ejemplo/clave")
        despachar()
    assert caplog.messages == [
        f"Mensaje {mensaje.pk}: El servidor de correo lo rechazó (código 550)."
    ]


# --- Anular y caducar ---------------------------------------------------------------------------


def test_lo_caducado_no_sale_y_queda_sin_contenido(db):
    dejar("a tiempo", caduca=timezone.now() + timedelta(days=1))
    dejar("tarde", caduca=hace(seconds=1), adjuntos=[("a.txt", "text/plain", b"uno")])
    assert despachar() == cartero.Resultado(enviados=1)
    tarde = Mensaje.objects.get(clave="tarde")
    assert (tarde.estado, tarde.motivo, tarde.texto) == ("anulado", cartero.CADUCO, "")
    assert not Adjunto.objects.exists()
    assert [correo.subject for correo in mail.outbox] == ["a tiempo"]


def test_anular_impide_que_salga(db):
    dejar(adjuntos=[("a.txt", "text/plain", b"uno")])
    assert anular("convocatoria-1", "El encuentro cambió.")
    mensaje = Mensaje.objects.get()
    assert (mensaje.estado, mensaje.motivo, mensaje.texto) == (
        "anulado",
        "El encuentro cambió.",
        "",
    )
    assert despachar() == cartero.Resultado()
    assert not Adjunto.objects.exists()


def test_se_anula_de_una_vez_lo_que_no_ha_salido_de_una_familia(db):
    dejar("convocatoria:1:1")
    despachar()
    for clave in ("convocatoria:1:2", "convocatoria:1:aviso", "convocatoria:12:1"):
        dejar(clave)
    assert anular_los_de("convocatoria:1:", "El encuentro cambió.") == 2
    assert estados() == ["enviado", "anulado", "anulado", "pendiente"]


@pytest.mark.parametrize("estado", ["enviando", "enviado", "anulado"])
def test_no_se_anula_lo_que_ya_salio_o_esta_saliendo(db, estado):
    enviado = timezone.now() if estado == "enviado" else None
    adelantar(dejar(), estado=estado, enviado=enviado)
    assert not anular("convocatoria-1")
    assert estados() == [estado]
    assert not anular("no existe")


@pytest.mark.parametrize("estado", ["pendiente", "enviando", "enviado", "anulado"])
def test_solo_se_reintenta_lo_fallido_o_dudoso(db, estado):
    mensaje = dejar()
    adelantar(mensaje, estado=estado, enviado=timezone.now() if estado == "enviado" else None)
    assert not reintentar(mensaje)
    assert estados() == [estado]


# --- Retención ----------------------------------------------------------------------------------


def test_pasada_la_retencion_queda_la_constancia_sin_contenido(db, settings):
    settings.RETENCION_DEL_CORREO = timedelta(days=30)
    viejo, reciente = dejar("viejo", adjuntos=[("a.txt", "text/plain", b"uno")]), dejar("reciente")
    despachar()
    adelantar(viejo, cambiado=hace(days=31))
    adelantar(reciente, cambiado=hace(days=29))
    despachar()
    assert list(Mensaje.objects.order_by("pk").values_list("estado", "texto")) == [
        ("enviado", ""),
        ("enviado", "Buen día"),
    ]
    assert not Adjunto.objects.exists()


@pytest.mark.parametrize("estado", ["fallido", "dudoso"])
def test_lo_que_nadie_decidio_se_anula_al_pasar_la_retencion(db, estado):
    mensaje = dejar()
    adelantar(mensaje, estado=estado, cambiado=hace(days=31))
    despachar()
    mensaje.refresh_from_db()
    assert (mensaje.estado, mensaje.motivo, mensaje.texto) == ("anulado", cartero.ABANDONADO, "")


def test_lo_pendiente_no_se_borra_por_viejo(db, servidor):
    adelantar(dejar(), creado=hace(days=90), cambiado=hace(days=90))
    assert despachar().enviados == 1


# --- Adjuntos -----------------------------------------------------------------------------------


@pytest.mark.parametrize("metodo", ["REQUEST", "CANCEL"])
def test_el_ics_llega_entero_y_dice_su_metodo(db, servidor, encuentro1, metodo):
    ics = calendario_de([evento_de(encuentro1)], nombre="Taller de Ñuñoa")
    dejar(adjuntos=[("niñez.ics", f"text/calendar; method={metodo}; charset=utf-8", ics)])
    despachar()
    (parte,) = servidor.recibidos[0].iter_attachments()
    assert (parte.get_content_type(), parte.get_filename()) == ("text/calendar", "niñez.ics")
    assert parte.get_params()[1:] == [("method", metodo), ("charset", "utf-8")]
    assert parte.get_payload(decode=True) == ics
    recibido = Calendar.from_ical(parte.get_payload(decode=True))
    assert str(recibido["x-wr-calname"]) == "Taller de Ñuñoa"
    assert recibido.walk("VEVENT")[0]["uid"] == f"encuentro-{encuentro1.pk}@acompanamiento-pdot"


def test_un_pdf_llega_byte_por_byte(db, servidor):
    pdf = b"%PDF-1.7\n" + bytes(range(256))
    dejar(adjuntos=[("oficio.pdf", "application/pdf", pdf)])
    despachar()
    (parte,) = servidor.recibidos[0].iter_attachments()
    assert (parte.get_content_type(), parte.get_payload(decode=True)) == ("application/pdf", pdf)
    assert uuid.UUID(servidor.recibidos[0]["Message-ID"][1:-1].split("@")[0])
