"""Cuando un encuentro convocado cambia o se cancela, quien recibió la convocatoria se entera."""

from datetime import date, time, timedelta

import pytest
from django.contrib.messages import get_messages
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from acompanamiento.models import Estrategia
from talleres.acciones import (
    NoProcede,
    cancelar_encuentro,
    editar_encuentro,
    fijar_convocados,
)
from talleres.acciones_convocatoria import (
    DE_QUIEN_RECIBE,
    corregir_convocatoria,
    enviar_convocatorias,
    recordar_encuentro,
    responder,
)
from talleres.avisos import avisar_cambio
from talleres.calendario import uid_de
from talleres.lector_convocatoria import destinatarios_de, por_emitir
from talleres.models import Aviso, Convocatoria, Encuentro
from territorios.cartero import despachar, encolar
from territorios.models import Mensaje
from territorios.versiones import Conflicto
from tests.conftest import entrar

from .convocados import contacto, emitir, taller_por_venir
from .formulario import de_edicion, ruta_editar

pytestmark = pytest.mark.django_db

CONVOCADOS = ("08", "0807", "080752")


@pytest.fixture
def taller(grupo1, territorio):
    """Dentro de diez días, de 08:30 a 12:30 en Rioverde, con tres GAD: la junta no tiene correo."""
    taller = taller_por_venir(grupo1, territorio, *CONVOCADOS)
    Estrategia.objects.update(hasta=taller.fecha + timedelta(days=30))
    contacto("08", "prefectura@ejemplo.gob.ec")
    contacto("0807", "alcaldia@ejemplo.gob.ec")
    return taller


@pytest.fixture
def convocado(taller, zonal1):
    """El taller con sus oficios en la cola, sin salir todavía, y sin componer sus PDF."""
    for una in emitir(taller, zonal1):
        if una.correo:
            una.envio = 1
            una.mensaje = encolar(
                clave=una.clave_de_envio, para=una.correo, asunto=una.asunto, texto="Oficio"
            )
            una.save()
    taller.refresh_from_db()
    return taller


@pytest.fixture
def enviado(convocado):
    assert despachar().enviados == 2
    mail.outbox.clear()
    return convocado


def editar(encuentro, por, convocados=CONVOCADOS, **cambios):
    encuentro = Encuentro.objects.get(pk=encuentro.pk)
    for campo, valor in cambios.items():
        setattr(encuentro, campo, valor)
    return editar_encuentro(
        encuentro,
        grupos=list(encuentro.grupos.all()),
        convocados=[uno.gad for uno in encuentro.convocados.filter(gad__in=convocados)],
        papeles={},
        por=por,
        version=encuentro.version,
    )


def cancelar(encuentro, por):
    version = Encuentro.objects.get(pk=encuentro.pk).version
    return cancelar_encuentro(encuentro, por=por, motivo="Paro vial", version=version)


def salientes():
    """Los correos que salen ahora, por dirección."""
    mail.outbox.clear()
    despachar()
    return {correo.to[0]: correo for correo in mail.outbox}


def cita(correo):
    """(método, VEVENT) del .ics que lleva el correo."""
    *_, parte = correo.message().get_payload()
    calendario = Calendar.from_ical(parte.get_payload(decode=True))
    (evento,) = calendario.walk("VEVENT")
    assert parte.get_params()[0][0] == "text/calendar"
    assert parte.get_param("method") == str(calendario["method"])
    return str(calendario["method"]), evento


# --- Cambiar ------------------------------------------------------------------------------------


def test_al_cambiar_la_fecha_se_corrige_la_cita(enviado, zonal1):
    nueva = enviado.fecha + timedelta(days=7)
    editado = editar(enviado, zonal1, fecha=nueva)
    correos = salientes()
    assert sorted(correos) == ["alcaldia@ejemplo.gob.ec", "prefectura@ejemplo.gob.ec"]
    correo = correos["alcaldia@ejemplo.gob.ec"]
    assert correo.subject == "Cambió la fecha: Taller de Rioverde"
    metodo, evento = cita(correo)
    assert (metodo, evento["uid"]) == ("REQUEST", uid_de(enviado))
    assert evento["sequence"] == editado.version - 1 > enviado.version - 1
    assert evento.decoded("dtstart").date() == nueva
    assert str(evento["attendee"]) == "mailto:alcaldia@ejemplo.gob.ec"
    assert "prefectura" not in correo.message().as_string()


def test_el_aviso_dice_como_era_y_como_es(enviado, zonal1):
    Encuentro.objects.filter(pk=enviado.pk).update(fecha=date(2030, 8, 22))
    Convocatoria.objects.update(hechos=hechos(fecha="2030-08-22"))
    editar(enviado, zonal1, lugar="Coliseo", inicio=time(9, 0))
    texto = salientes()["alcaldia@ejemplo.gob.ec"].body
    una = Convocatoria.objects.get(gad="0807")
    partes = texto.split("\n\n")
    assert partes[1:5] == [
        "Cambió la hora y el lugar de «Taller de Rioverde», que se le comunicó con el oficio "
        f"{una.codigo}. Ahora es así:",
        "Cuándo: jueves 22 de agosto de 2030, de 09:00 a 12:30\n"
        "Dónde: Coliseo, cantón Rioverde\nModalidad: presencial",
        "Antes era así:",
        "Cuándo: jueves 22 de agosto de 2030, de 08:30 a 12:30\n"
        "Dónde: Rioverde\nModalidad: presencial",
    ]
    assert "http://testserver/talleres/" in texto, "el enlace para responder"


def hechos(**cambios):
    base = {"tema": "Taller de Rioverde", "inicio": "08:30", "fin": "12:30", "jornada": "Mañana"}
    return base | {"lugar": "Rioverde", "modalidad": "Presencial", "agenda": []} | cambios


@pytest.mark.parametrize(
    "cambios", [{"tema": "Otro tema"}, {"nota": "Llevar proyector"}, {}], ids=str
)
def test_lo_que_no_mueve_a_nadie_no_se_avisa(enviado, zonal1, cambios):
    editar(enviado, zonal1, **cambios)
    assert salientes() == {}
    assert not Aviso.objects.exists()


def test_a_quien_ya_no_esta_convocado_no_se_le_avisa_de_un_cambio(enviado, zonal1):
    editar(enviado, zonal1, convocados=["08", "080752"])
    salientes()
    editar(enviado, zonal1, convocados=["08", "080752"], lugar="Coliseo")
    assert list(salientes()) == ["prefectura@ejemplo.gob.ec"]


def test_un_encuentro_que_ya_paso_se_corrige_en_silencio(enviado, zonal1):
    ayer = timezone.localdate() - timedelta(days=1)
    editar(enviado, zonal1, fecha=ayer)
    assert not Aviso.objects.exists()


def test_queda_la_historia(enviado, zonal1):
    editar(enviado, zonal1, lugar="Coliseo")
    (aviso, _) = Aviso.objects.order_by("convocatoria__gad")
    assert (aviso.clase, aviso.por, aviso.convocatoria.gad_id) == ("cambio", zonal1, "08")
    assert (aviso.antes["lugar"], aviso.hechos["lugar"]) == (
        "Rioverde",
        "Coliseo, cantón Rioverde",
    )
    assert aviso.historia.get().history_user == zonal1
    assert aviso.version == Encuentro.objects.get(pk=enviado.pk).version


def test_de_la_convocatoria_a_la_cancelacion_es_la_misma_cita(taller, zonal1):
    """Con el correo de verdad: oficio, cita, cambio y cancelación, cada uno con su secuencia."""
    enviar_convocatorias(emitir(taller, zonal1), por=zonal1)
    citas = [cita(salientes()["alcaldia@ejemplo.gob.ec"])]
    editar(taller, zonal1, lugar="Coliseo")
    citas.append(cita(salientes()["alcaldia@ejemplo.gob.ec"]))
    cancelar(taller, zonal1)
    citas.append(cita(salientes()["alcaldia@ejemplo.gob.ec"]))
    assert [metodo for metodo, _ in citas] == ["REQUEST", "REQUEST", "CANCEL"]
    eventos = [evento for _, evento in citas]
    assert {str(evento["uid"]) for evento in eventos} == {uid_de(taller)}
    assert len({str(evento["organizer"]) for evento in eventos}) == 1
    secuencias = [evento["sequence"] for evento in eventos]
    assert secuencias == sorted(set(secuencias))


# --- Varios cambios -----------------------------------------------------------------------------


def test_dos_cambios_antes_de_que_salga_el_primero_son_un_aviso(enviado, zonal1):
    editar(enviado, zonal1, lugar="Coliseo")
    editar(enviado, zonal1, lugar="Coliseo", inicio=time(9, 0))
    correos = salientes()
    assert [correo.subject for correo in correos.values()] == [
        "Cambió la hora y el lugar: Taller de Rioverde"
    ] * 2
    assert Mensaje.objects.filter(estado="anulado").count() == 2


def test_volver_a_lo_de_antes_sin_que_nadie_se_entere_no_avisa(enviado, zonal1):
    editar(enviado, zonal1, lugar="Coliseo")
    editar(enviado, zonal1, lugar="Rioverde")
    assert salientes() == {}


def test_un_segundo_cambio_se_compara_con_el_primer_aviso(enviado, zonal1):
    editar(enviado, zonal1, lugar="Coliseo")
    primeros = salientes()
    editar(enviado, zonal1, lugar="Rioverde")
    segundos = salientes()
    secuencias = [
        cita(correos["alcaldia@ejemplo.gob.ec"])[1]["sequence"] for correos in (primeros, segundos)
    ]
    assert secuencias[0] < secuencias[1]
    assert [correo.subject for correo in segundos.values()] == [
        "Cambió el lugar: Taller de Rioverde"
    ] * 2


def test_si_otra_persona_guardo_antes_no_se_avisa(enviado, zonal1):
    encuentro = Encuentro.objects.get(pk=enviado.pk)
    encuentro.lugar = "Coliseo"
    lo_demas = {"grupos": [], "convocados": [], "papeles": {}}
    with pytest.raises(Conflicto):
        editar_encuentro(encuentro, **lo_demas, por=zonal1, version=encuentro.version - 1)
    assert not Aviso.objects.exists()


def test_el_recordatorio_dice_lo_de_ahora(enviado, zonal1):
    editar(enviado, zonal1, lugar="Coliseo")
    salientes()
    assert recordar_encuentro(enviado) == 2
    texto = salientes()["alcaldia@ejemplo.gob.ec"].body
    assert "Dónde: Coliseo, cantón Rioverde" in texto
    assert "Dónde: Rioverde" not in texto


# --- Convocatorias que no habían salido ---------------------------------------------------------


def test_la_convocatoria_que_no_habia_salido_ya_no_sale_con_lo_viejo(convocado, zonal1):
    editar(convocado, zonal1, lugar="Coliseo")
    assert salientes() == {}
    assert not Aviso.objects.exists()
    una = Convocatoria.objects.con_estado().get(gad="0807")
    assert una.estado == Convocatoria.Estado.NO_SALIO
    assert una.mensaje.motivo == "El encuentro cambió antes de que saliera."
    # Lista para enviarse otra vez, con lo nuevo.
    assert una.falta_enviar
    assert una.hechos["lugar"] == "Coliseo, cantón Rioverde"
    assert una.historia.first().history_user == zonal1


def test_con_otra_fecha_la_que_no_habia_salido_se_vuelve_a_emitir(convocado, zonal1):
    editar(convocado, zonal1, fecha=convocado.fecha + timedelta(days=1))
    una = Convocatoria.objects.get(gad="0807")
    assert una.hechos["fecha"] == convocado.fecha.isoformat()
    assert salientes() == {}


def test_a_quien_quiza_le_llego_se_le_avisa(enviado, zonal1):
    Mensaje.objects.update(estado="dudoso", enviado=None)
    editar(enviado, zonal1, lugar="Coliseo")
    editar(enviado, zonal1, lugar="Casa comunal")
    assert len(salientes()) == 2


# --- Cancelar -----------------------------------------------------------------------------------


def test_al_cancelar_se_quita_la_cita(enviado, zonal1):
    cancelar(enviado, zonal1)
    correos = salientes()
    assert len(correos) == 2
    correo = correos["alcaldia@ejemplo.gob.ec"]
    assert correo.subject == "Se canceló: Taller de Rioverde"
    assert "Motivo: Paro vial" in correo.body
    metodo, evento = cita(correo)
    assert (metodo, evento["uid"], evento["status"]) == ("CANCEL", uid_de(enviado), "CANCELLED")
    assert evento["sequence"] > enviado.version - 1
    assert "talleres/" not in correo.body, "ya no hay a qué responder"
    assert set(Aviso.objects.values_list("clase", flat=True)) == {"cancelacion"}


def test_cancelar_detiene_el_aviso_de_cambio_que_no_habia_salido(enviado, zonal1):
    editar(enviado, zonal1, lugar="Coliseo")
    cancelar(enviado, zonal1)
    correos = salientes()
    assert [correo.subject for correo in correos.values()] == ["Se canceló: Taller de Rioverde"] * 2
    assert "Dónde: Rioverde" in correos["alcaldia@ejemplo.gob.ec"].body


def test_cancelar_lo_que_nadie_supo_no_avisa(convocado, zonal1):
    cancelar(convocado, zonal1)
    assert salientes() == {}


def test_sin_convocatorias_no_hay_a_quien_avisar(taller, zonal1):
    antes = Encuentro.objects.get(pk=taller.pk)
    taller.lugar = "Coliseo"
    assert avisar_cambio(taller, antes, por=zonal1) == []


def test_el_aviso_caduca_con_el_encuentro(enviado, zonal1):
    editar(enviado, zonal1, lugar="Coliseo")
    caduca = timezone.localtime(Mensaje.objects.filter(estado="pendiente").first().caduca)
    assert (caduca.date(), caduca.time()) == (enviado.fecha, time(12, 30))


# --- Quitar a un GAD y volver a convocarlo ------------------------------------------------------


def quitar_rioverde(encuentro, por):
    editar(encuentro, por, convocados=["08", "080752"])
    return Encuentro.objects.get(pk=encuentro.pk)


def test_a_quien_se_quita_se_le_quita_la_cita(enviado, zonal1):
    quitar_rioverde(enviado, zonal1)
    (direccion, correo), *otros = salientes().items()
    assert (direccion, otros) == ("alcaldia@ejemplo.gob.ec", [])
    assert correo.subject == "Convocatoria sin efecto: Taller de Rioverde"
    assert "ya no hace falta que asista ni que responda" in correo.body
    metodo, evento = cita(correo)
    assert (metodo, evento["uid"], evento["status"]) == ("CANCEL", uid_de(enviado), "CANCELLED")
    assert evento["sequence"] > enviado.version - 1
    (aviso,) = Aviso.objects.all()
    assert (aviso.clase, aviso.por, aviso.convocatoria.gad_id) == ("retiro", zonal1, "0807")


def test_a_quien_se_quita_ya_no_se_le_dice_que_se_cancelo(enviado, zonal1):
    quitar_rioverde(enviado, zonal1)
    salientes()
    cancelar(enviado, zonal1)
    assert list(salientes()) == ["prefectura@ejemplo.gob.ec"]


def test_si_no_lo_supo_se_quita_en_silencio(convocado, zonal1):
    quitar_rioverde(convocado, zonal1)
    assert list(salientes()) == ["prefectura@ejemplo.gob.ec"]
    assert not Aviso.objects.exists()


def test_al_que_vuelve_se_le_convoca_otra_vez_con_su_numero(enviado, zonal1, territorio):
    antes = Convocatoria.objects.get(gad="0807")
    responder(antes, sentido="asiste")
    taller = quitar_rioverde(enviado, zonal1)
    retirada = cita(salientes()["alcaldia@ejemplo.gob.ec"])[1]
    fijar_convocados(taller, [territorio.gad[c] for c in CONVOCADOS], por=zonal1)
    (uno,) = por_emitir(taller, destinatarios_de(taller))
    assert uno.gad.pk == "0807"
    assert list(taller.convocados.con_respuesta().values_list("gad", "se_convoco", "sentido")) == [
        ("08", True, None),
        ("0807", False, None),
        ("080752", True, None),
    ]
    with pytest.raises(NoProcede, match="sin efecto"):
        responder(antes, sentido="asiste")
    # Mientras no se le convoque otra vez, un cambio no es cosa suya.
    editar(taller, zonal1, lugar="Coliseo")
    assert list(salientes()) == ["prefectura@ejemplo.gob.ec"]
    taller.refresh_from_db()
    (segunda,) = emitir(taller, zonal1)
    assert (segunda.codigo, segunda.ronda, segunda.sin_efecto) == (antes.codigo, 2, False)
    assert segunda.llave != antes.llave
    assert segunda.respuesta is None
    enviar_convocatorias([segunda], por=zonal1)
    correo = salientes()["alcaldia@ejemplo.gob.ec"]
    assert correo.subject.startswith("Nueva convocatoria: ")
    assert "Coliseo" in correo.body
    metodo, evento = cita(correo)
    assert (metodo, evento["status"]) == ("REQUEST", "CONFIRMED")
    assert evento["sequence"] > retirada["sequence"]


# --- Corregida mientras tanto -------------------------------------------------------------------


def test_a_quien_se_le_reenviaba_una_correccion_tambien_se_le_cancela(enviado, zonal1):
    una = Convocatoria.objects.get(gad="0807")
    datos = {campo: getattr(una, campo) for campo in DE_QUIEN_RECIBE} | {"destinatario": "Eva"}
    corregida = corregir_convocatoria(una, datos, por=zonal1, version=una.version)
    enviar_convocatorias([corregida], por=zonal1)
    cancelar(enviado, zonal1)
    asuntos = {direccion: correo.subject for direccion, correo in salientes().items()}
    assert asuntos == {
        "alcaldia@ejemplo.gob.ec": "Se canceló: Taller de Rioverde",
        "prefectura@ejemplo.gob.ec": "Se canceló: Taller de Rioverde",
    }


# --- En pantalla --------------------------------------------------------------------------------


def ruta(que, encuentro):
    return reverse(f"talleres:{que}", args=[encuentro.pk])


def dichos(respuesta):
    return [str(mensaje) for mensaje in get_messages(respuesta.wsgi_request)]


def test_la_pagina_de_cancelar_dice_a_quien_se_avisa_y_despues_cumple(client, zonal1, enviado):
    entrar(client, zonal1)
    pagina = client.get(ruta("cancelar_encuentro", enviado)).text
    assert "la plataforma avisa por correo a 2, que recibieron así su convocatoria" in pagina
    datos = {"motivo": "Paro vial", "version": enviado.version}
    respuesta = client.post(ruta("cancelar_encuentro", enviado), datos)
    assert dichos(respuesta)[1:] == [
        "Se avisa por correo, con la cita corregida, a 2 GAD convocados."
    ]
    assert len(salientes()) == 2


def test_al_editar_se_dice_si_se_avisa(client, zonal1, enviado):
    entrar(client, zonal1)
    for lugar, avisan in (("Coliseo", 1), ("Coliseo", 0)):
        enviado.refresh_from_db()
        respuesta = client.post(ruta_editar(enviado), de_edicion(enviado, lugar=lugar))
        assert respuesta.status_code == 302
        assert sum("Se avisa por correo" in dicho for dicho in dichos(respuesta)) == avisan
        client.get(respuesta.url)


def test_la_convocatoria_dice_a_cada_quien_que_se_le_aviso(client, zonal1, enviado):
    entrar(client, zonal1)
    editar(enviado, zonal1, lugar="Coliseo")
    editar(enviado, zonal1, lugar="Casa comunal")
    hoy = f"{timezone.localdate():%d/%m/%Y}"
    pagina = client.get(ruta("convocatoria", enviado)).text
    assert pagina.count(f"Aviso de cambio, {hoy}: pendiente") == 2
    salientes()
    pagina = client.get(ruta("convocatoria", enviado)).text
    assert pagina.count(f"Aviso de cambio, {hoy}: enviado") == 2
    assert pagina.count("Aviso de") == 2
