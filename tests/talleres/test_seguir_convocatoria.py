"""Después de convocar: constancias, respuestas anotadas, correcciones, oficios, recordatorios."""

from datetime import time, timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from talleres.acciones_convocatoria import (
    anotar_constancia,
    enviar_convocatorias,
    recordar_encuentro,
    recordar_pendientes,
    responder,
)
from talleres.lector_choques import choques_de_encuentro
from talleres.lector_convocatoria import contar_respuestas
from talleres.models import (
    ConstanciaEntrega,
    Convocado,
    Convocatoria,
    Encuentro,
    ParametrosDeAgenda,
    Respuesta,
)
from territorios.models import Mensaje, NombreInstitucion
from tests.conftest import entrar
from tests.lectura_html import lo_que_enviaria
from tests.lectura_pdf import abrir, texto_de, texto_por_pagina
from tests.talleres.convocados import contacto, emitir, taller_por_venir

pytestmark = pytest.mark.django_db

HOY = timezone.localdate
ENTREGA = {"recibio": "Luis Mera", "medio": "whatsapp", "nota": "Mensaje leído"}


def ruta(que, objeto):
    return reverse(f"talleres:{que}", args=[objeto.pk])


@pytest.fixture
def taller(grupo1, territorio):
    contacto("0801", "esmeraldas@ejemplo.gob.ec")
    contacto("0807", "rioverde@ejemplo.gob.ec")
    return taller_por_venir(grupo1, territorio, "0801", "0807", "080752", dias=3)


@pytest.fixture
def oficios(taller, zonal1):
    """{GAD: oficio}, con los correos ya en la cola."""
    emitidos = emitir(taller, zonal1)
    enviar_convocatorias(emitidos, por=zonal1)
    return {una.gad_id: una for una in Convocatoria.objects.all()}


@pytest.fixture
def zonal(client, zonal1):
    return entrar(client, zonal1)


def leer(oficio):
    return Convocatoria.objects.get(pk=oficio.pk)


# --- Constancia ---------------------------------------------------------------------------------


def test_la_constancia_de_quien_no_tiene_correo(zonal, zonal1, oficios):
    junta = oficios["080752"]
    datos = ENTREGA | {"fecha": HOY().isoformat()}
    respuesta = zonal.post(ruta("constancia", junta), datos, follow=True)
    assert "Quedó la constancia de entrega a Chumundé." in respuesta.content.decode()
    assert "Entregada con constancia" in respuesta.content.decode()
    (una,) = junta.constancias.all()
    assert (una.recibio, una.fecha, una.medio, una.por) == ("Luis Mera", HOY(), "whatsapp", zonal1)
    assert leer(junta).estado == "entregada"
    fila = ConstanciaEntrega.historia.get()
    assert fila.history_user == zonal1
    assert not hasattr(fila, "recibio")


@pytest.mark.parametrize(
    ("cambios", "dicho"),
    [
        ({"recibio": ""}, "Escriba quién la recibió."),
        ({"fecha": ""}, "Cuándo"),
        ({"fecha": "ayer"}, "«ayer» no es una fecha."),
        ({"fecha": "2090-01-01"}, "Cuándo"),
        ({"medio": "paloma"}, "Medio"),
        ({"medio": ""}, "Elija cómo se entregó."),
    ],
)
def test_una_constancia_mal_tecleada_se_rechaza(zonal, oficios, cambios, dicho):
    datos = ENTREGA | {"fecha": HOY().isoformat()} | cambios
    respuesta = zonal.post(ruta("constancia", oficios["080752"]), datos)
    assert respuesta.status_code == 400
    assert dicho in respuesta.content.decode()
    assert ConstanciaEntrega.objects.count() == 0


def test_no_se_anota_una_entrega_por_venir(zonal, oficios):
    datos = ENTREGA | {"fecha": (HOY() + timedelta(days=1)).isoformat()}
    respuesta = zonal.post(ruta("constancia", oficios["080752"]), datos)
    assert "de un día que no ha llegado" in respuesta.content.decode()
    assert ConstanciaEntrega.objects.count() == 0


def test_la_misma_constancia_dos_veces_es_una(zonal1, oficios):
    datos = ENTREGA | {"fecha": HOY()}
    una, otra = (anotar_constancia(oficios["0807"], por=zonal1, **datos) for _ in range(2))
    assert una == otra


# --- Respuesta por teléfono ---------------------------------------------------------------------


def test_la_zona_anota_la_respuesta_y_queda_quien(zonal, zonal1, oficios):
    datos = {"sentido": "delega", "delegado": "Juan Mina", "delegado_cargo": "Director"}
    respuesta = zonal.post(ruta("anotar_respuesta", oficios["0807"]), datos, follow=True)
    pagina = respuesta.content.decode()
    assert "Juan Mina, Director" in pagina
    assert f"la anotó {zonal1}" in pagina
    una = Respuesta.objects.get()
    assert (una.sentido, una.por) == ("delega", zonal1)
    assert Respuesta.historia.get().history_user == zonal1
    assert leer(oficios["0807"]).estado == "respondida"


def test_una_respuesta_mal_tecleada_se_rechaza(zonal, oficios):
    respuesta = zonal.post(ruta("anotar_respuesta", oficios["0807"]), {"sentido": "delega"})
    assert respuesta.status_code == 400
    assert "Escriba el nombre de quien irá." in respuesta.content.decode()
    assert Respuesta.objects.count() == 0


@pytest.mark.parametrize("que", ["constancia", "anotar_respuesta", "destinatario"])
def test_de_un_encuentro_cerrado_ya_no_se_anota(zonal, taller, oficios, que):
    abierta = zonal.get(ruta("destinatario", oficios["0807"]))
    datos = lo_que_enviaria(abierta, sentido="asiste", fecha=HOY().isoformat(), **ENTREGA)
    Encuentro.objects.filter(pk=taller.pk).update(estado="cancelado", motivo="Lluvia")
    respuesta = zonal.post(ruta(que, oficios["0807"]), datos | {"cargo": "Alcalde"})
    assert respuesta.status_code == 409
    assert "El encuentro está cancelado" in respuesta.content.decode()
    assert Respuesta.objects.count() == ConstanciaEntrega.objects.count() == 0
    assert leer(oficios["0807"]).version == oficios["0807"].version


# --- Corregir -----------------------------------------------------------------------------------


def test_corregir_reenvia_y_anula_lo_que_no_habia_salido(zonal, zonal1, oficios):
    antes = oficios["0807"]
    abierta = zonal.get(ruta("destinatario", antes))
    zonal.post(
        ruta("destinatario", antes),
        lo_que_enviaria(abierta, tratamiento="Señora Alcaldesa", correo="nuevo@ejemplo.gob.ec"),
    )
    ahora = leer(antes)
    assert (ahora.tratamiento, ahora.codigo, ahora.envio) == ("Señora Alcaldesa", antes.codigo, 2)
    assert ahora.llave != antes.llave
    assert Mensaje.objects.get(pk=antes.mensaje_id).estado == "anulado"
    assert (ahora.mensaje.para, ahora.mensaje.estado) == ("nuevo@ejemplo.gob.ec", "pendiente")
    fila = ahora.historia.all()[1]
    assert (fila.history_change_reason, fila.history_user) == (
        "Corrección del destinatario",
        zonal1,
    )
    assert not hasattr(fila, "correo")
    assert not hasattr(fila, "llave")


def test_sin_cambios_no_se_reenvia(zonal, oficios):
    antes = oficios["0807"]
    abierta = zonal.get(ruta("destinatario", antes))
    zonal.post(ruta("destinatario", antes), lo_que_enviaria(abierta))
    assert leer(antes).version == antes.version
    assert Mensaje.objects.count() == 2


def test_si_otra_persona_corrigio_antes_se_muestran_las_dos(zonal, oficios):
    antes = oficios["0807"]
    datos = lo_que_enviaria(zonal.get(ruta("destinatario", antes)), destinatario="El mío")
    Convocatoria.objects.filter(pk=antes.pk).update(version=9, destinatario="El de otra persona")
    respuesta = zonal.post(ruta("destinatario", antes), datos)
    assert respuesta.status_code == 409
    assert "El mío" in respuesta.content.decode()
    assert "El de otra persona" in respuesta.content.decode()
    assert leer(antes).destinatario == "El de otra persona"


def test_corregir_manda_lo_que_el_encuentro_es_ahora(zonal, taller, oficios):
    Encuentro.objects.filter(pk=taller.pk).update(lugar="Coliseo", inicio=time(9, 0))
    antes = oficios["0807"]
    abierta = zonal.get(ruta("destinatario", antes))
    zonal.post(ruta("destinatario", antes), lo_que_enviaria(abierta, destinatario="Eva Mina"))
    ahora = leer(antes)
    assert (ahora.hechos["lugar"], ahora.hechos["inicio"]) == ("Coliseo, cantón Rioverde", "09:00")
    assert "Coliseo" in ahora.mensaje.texto
    assert "09:00" in ahora.mensaje.texto


def test_con_otra_fecha_no_se_corrige_ni_se_reenvia_la_vieja(zonal, taller, oficios):
    antes = oficios["0807"]
    abierta = zonal.get(ruta("destinatario", antes))
    nueva = taller.fecha + timedelta(days=1)
    Encuentro.objects.filter(pk=taller.pk).update(fecha=nueva, estado="reprogramado")
    Mensaje.objects.update(estado="fallido")
    datos = lo_que_enviaria(abierta, destinatario="Eva Mina")
    respuesta = zonal.post(ruta("destinatario", antes), datos)
    assert respuesta.status_code == 409
    assert "ya no vale: corrija a quién va al convocar otra vez" in respuesta.content.decode()
    zonal.post(reverse("talleres:reenviar", args=[taller.pk]))
    assert enviar_convocatorias([leer(antes)], por=None) == 0
    assert Mensaje.objects.count() == 2


def test_anular_el_enlace_anula_tambien_el_recordatorio_que_lo_llevaba(zonal, taller, oficios):
    recordar_encuentro(taller)
    assert Mensaje.objects.filter(estado="pendiente").count() == 4
    zonal.post(ruta("revocar_enlace", oficios["0807"]))
    quedan = Mensaje.objects.filter(estado="pendiente").values_list("para", flat=True)
    assert len(quedan) == 2
    assert set(quedan) == {oficios["0801"].correo}


def test_lo_que_no_alcanza_a_componerse_queda_por_enviar(zonal, taller, oficios, monkeypatch):
    monkeypatch.setattr("talleres.acciones_convocatoria.SEGUNDOS_PARA_ENVIAR", 0)
    Mensaje.objects.update(estado="fallido")
    camino = reverse("talleres:reenviar", args=[taller.pk])
    assert "1 correo en cola; 1 queda por enviar" in zonal.post(camino, follow=True).text
    assert "Reenviar a 1 que falta" in zonal.get(ruta("convocatoria", taller)).text


def test_anular_el_enlace_no_envia_otro(zonal, oficios):
    antes = oficios["0807"]
    zonal.post(ruta("revocar_enlace", antes))
    assert leer(antes).llave != antes.llave
    assert Mensaje.objects.get(pk=antes.mensaje_id).estado == "anulado"
    assert Mensaje.objects.count() == 2


def test_al_cancelar_no_sale_lo_que_no_habia_salido(zonal, taller, oficios):
    recordar_encuentro(taller)
    taller.refresh_from_db()
    datos = {"version": taller.version, "motivo": "Lluvia"}
    zonal.post(reverse("talleres:cancelar_encuentro", args=[taller.pk]), datos)
    call_command("enviar_correos", quieto=True)
    assert mail.outbox == []
    assert set(Mensaje.objects.values_list("estado", flat=True)) == {"anulado"}


# --- Oficios ------------------------------------------------------------------------------------


def test_todos_los_oficios_en_un_archivo(zonal, taller, oficios):
    respuesta = zonal.get(ruta("oficios_pdf", taller))
    assert respuesta["Content-Disposition"] == (
        f'attachment; filename="oficios-rioverde-{taller.fecha}.pdf"'
    )
    paginas = texto_por_pagina(respuesta.content)
    assert len(paginas) == 3
    for oficio, pagina in zip(Convocatoria.objects.order_by("gad"), paginas, strict=True):
        assert f"Oficio n.º {oficio.codigo}" in pagina
    lector = abrir(respuesta.content)
    assert lector.trailer["/Root"]["/Lang"] == "es-EC"
    assert lector.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_el_oficio_sale_siempre_como_se_emitio(zonal, taller, oficios):
    NombreInstitucion.objects.create(nombre="Otra institución")
    Encuentro.objects.filter(pk=taller.pk).update(lugar="Otro lugar", tema="Otro tema")
    texto = texto_de(zonal.get(ruta("oficio_pdf", oficios["0807"])).content)
    for parte in ("Otra institución", "Otro lugar", "Otro tema"):
        assert parte not in texto
    assert "Rioverde" in texto


def test_sin_oficios_no_hay_que_descargar(zonal, taller):
    respuesta = zonal.get(ruta("oficios_pdf", taller), follow=True)
    assert "Todavía no hay oficios" in respuesta.content.decode()


def test_lo_escrito_sale_escrito(zonal, oficios):
    maldad = '<script>x</script><img src="file:///etc/passwd">'
    Convocatoria.objects.update(texto=maldad, destinatario=maldad)
    leido = "".join(texto_de(zonal.get(ruta("oficio_pdf", oficios["0807"])).content).split())
    assert leido.count("".join(maldad.split())) == 2


# --- Recordatorios ------------------------------------------------------------------------------


def de_ayer():
    Convocatoria.objects.update(fecha=HOY() - timedelta(days=1))


def test_recuerda_a_quien_no_responde_y_una_vez(oficios, capsys):
    de_ayer()
    responder(oficios["0801"], sentido="asiste")
    for _ in range(2):
        call_command("recordar_convocatorias")
    assert capsys.readouterr().out.splitlines() == [
        "Recordatorios en cola: 1",
        "Recordatorios en cola: 0",
    ]
    call_command("enviar_correos", quieto=True)
    recordatorio = next(correo for correo in mail.outbox if "Recordatorio" in correo.subject)
    assert recordatorio.to == ["rioverde@ejemplo.gob.ec"]
    assert "todavía no consta su respuesta" in recordatorio.body
    assert f"/{oficios['0807'].llave}." in recordatorio.body


@pytest.mark.parametrize(("antes", "cuantos"), [(4, 0), (3, 2), (1, 2), (0, 2), (-1, 0)])
def test_desde_los_dias_fijados_hasta_el_encuentro(taller, oficios, antes, cuantos):
    Convocatoria.objects.update(fecha=HOY() - timedelta(days=30))
    assert recordar_pendientes(taller.fecha - timedelta(days=antes)) == cuantos


def test_los_dias_los_fija_la_central(taller, oficios):
    de_ayer()
    ParametrosDeAgenda.objects.create(recordatorio=1)
    assert recordar_pendientes() == 0
    assert recordar_pendientes(taller.fecha - timedelta(days=1)) == 2


def test_a_quien_se_convoco_hoy_no_se_le_recuerda_hoy(oficios):
    assert recordar_pendientes() == 0


@pytest.mark.parametrize("estado", ["planificado", "reprogramado", "cancelado", "realizado"])
def test_solo_de_lo_convocado(taller, oficios, estado):
    de_ayer()
    Encuentro.objects.filter(pk=taller.pk).update(estado=estado, motivo="x")
    assert recordar_pendientes() == recordar_encuentro(taller) == 0


def test_no_a_quien_se_quito_del_encuentro(oficios):
    de_ayer()
    Convocado.objects.filter(gad="0807").delete()
    assert recordar_pendientes() == 1


def test_recordar_a_mano_una_vez_al_dia(zonal, taller, oficios):
    respuesta = zonal.post(ruta("recordar", taller), follow=True)
    assert "2 recordatorios en cola." in respuesta.content.decode()
    respuesta = zonal.post(ruta("recordar", taller), follow=True)
    assert "ya se le recordó" in respuesta.content.decode()
    assert Mensaje.objects.count() == 4


def test_la_orden_rechaza_una_fecha_imposible(db):
    with pytest.raises(CommandError, match="«ayer» no es una fecha AAAA-MM-DD."):
        call_command("recordar_convocatorias", fecha="ayer")


# --- En la ficha --------------------------------------------------------------------------------


def test_la_cuenta_en_palabras():
    dichos = ["asiste"] * 12 + ["delega"] * 2 + ["no_asiste"] + [None] * 6
    assert contar_respuestas(dichos) == "12 asistirán · 2 delegan · 1 no · 6 sin responder"
    assert contar_respuestas(["asiste", "delega"]) == (
        "1 asistirá · 1 delega · 0 no · 0 sin responder"
    )


def test_la_ficha_cuenta_lo_ultimo_que_dijo_cada_uno(zonal, taller, oficios):
    responder(oficios["0801"], sentido="asiste")
    responder(oficios["0801"], sentido="no_asiste")
    responder(oficios["0807"], sentido="asiste")
    pagina = zonal.get(taller.get_absolute_url()).content.decode()
    assert "1 asistirá · 0 delegan · 1 no · 1 sin responder" in pagina
    assert ruta("convocatoria", taller) in pagina
    assert "1 asistirá · 0 delegan · 1 no · 1 sin responder" in (
        zonal.get(ruta("convocatoria", taller)).content.decode()
    )


def test_quien_no_edita_ve_la_cuenta_y_no_el_camino(client, plan_rioverde, taller, oficios):
    pagina = entrar(client, plan_rioverde).get(taller.get_absolute_url()).content.decode()
    assert "0 asistirán · 0 delegan · 0 no · 3 sin responder" in pagina
    assert ruta("convocatoria", taller) not in pagina


def test_antes_de_convocar_la_ficha_lleva_a_convocar(zonal, taller):
    pagina = zonal.get(taller.get_absolute_url()).content.decode()
    assert "sin responder" not in pagina
    assert "Marcar como convocado" not in pagina
    assert pagina.count(f'href="{ruta("convocatoria", taller)}"') == 2


# --- El choque de la convocatoria ---------------------------------------------------------------


def explicaciones(taller, usuario):
    return [
        choque.explicacion
        for choque in choques_de_encuentro(taller, usuario)
        if choque.clase == "convocatoria"
    ]


def test_convocado_pero_sin_llegarle_a_alguien_es_un_choque(zonal1, taller, oficios):
    espera = "llega la convocatoria: se espera con 7 días de antelación."
    assert explicaciones(taller, zonal1) == [f"Faltan 3 días y a 1 GAD no le {espera}"]
    Mensaje.objects.filter(pk=oficios["0807"].mensaje_id).update(estado="fallido")
    assert explicaciones(taller, zonal1) == [f"Faltan 3 días y a 2 GAD no les {espera}"]
    responder(oficios["0807"], sentido="asiste")
    anotar_constancia(oficios["080752"], por=zonal1, fecha=HOY(), **ENTREGA)
    assert explicaciones(taller, zonal1) == []


def test_sin_convocar_todavia_es_el_de_siempre(zonal1, taller):
    assert explicaciones(taller, zonal1) == [
        "Faltan 3 días y la convocatoria no se ha enviado: se espera con 7 días de antelación."
    ]
