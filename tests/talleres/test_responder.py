"""Responder a una convocatoria sin cuenta, con el enlace: qué se puede y qué no se filtra."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core import signing
from django.core.signing import Signer
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from talleres.acciones_convocatoria import corregir_convocatoria, responder, revocar_enlace
from talleres.enlaces import SAL, camino_de
from talleres.models import Convocado, Convocatoria, Encuentro, Respuesta
from tests.carreras import a_la_vez
from tests.lectura_html import pagina
from tests.talleres.convocados import contacto, emitir, taller_por_venir
from tests.test_rutas import retrato

pytestmark = pytest.mark.django_db

DELEGA = {"sentido": "delega", "delegado": "Juan Mina", "delegado_cargo": "Director"}


@pytest.fixture
def taller(grupo1, territorio):
    return taller_por_venir(grupo1, territorio, "0807", "0801")


@pytest.fixture
def oficio(taller, central):
    """El de Rioverde; también está convocado Esmeraldas."""
    contacto("0801", "esmeraldas@ejemplo.gob.ec")
    return emitir(taller, central)[1]


@pytest.fixture
def enlace(oficio):
    return camino_de(oficio)


def respuestas(oficio):
    filas = oficio.respuestas.order_by("pk")
    return list(filas.values_list("sentido", "delegado", "delegado_cargo", "motivo", "por"))


def cambiar(oficio, **datos):
    Encuentro.objects.filter(pk=oficio.encuentro_id).update(**datos)


# --- Responder ----------------------------------------------------------------------------------


def test_abrirlo_no_escribe_nada(client, enlace, oficio):
    antes = retrato()
    for _ in range(3):
        assert client.get(enlace).status_code == 200
        assert client.head(enlace).status_code == 200
    assert client.put(enlace).status_code == 405
    assert retrato() == antes


def test_dice_a_que_se_le_invita_y_ofrece_tres_botones(client, enlace, oficio, taller):
    respuesta = client.get(enlace)
    leida = pagina(respuesta)
    texto = " ".join("".join(leida.texto).split())
    for parte in [
        "convoca a Gobierno Autónomo Descentralizado Municipal de Rioverde",
        "Taller de Rioverde",
        "de 08:30 a 12:30",
        oficio.codigo,
        "¿Asistirá?",
        "Asistiré",
        "Delego en otra persona…",
        "No asistiré…",
        "se usan solo para organizar este encuentro",
    ]:
        assert parte in texto
    assert [f["method"] for f in leida.formularios] == ["post"] * 3
    assert not leida.prohibido


@pytest.mark.parametrize(
    ("tecleado", "queda"),
    [
        ({"sentido": "asiste"}, ("asiste", "", "", "", None)),
        (DELEGA, ("delega", "Juan Mina", "Director", "", None)),
        ({"sentido": "no_asiste"}, ("no_asiste", "", "", "", None)),
        ({"sentido": "no_asiste", "motivo": "Viaje"}, ("no_asiste", "", "", "Viaje", None)),
        # Lo escrito en otra parte de la página no es de esta respuesta.
        (DELEGA | {"sentido": "asiste", "motivo": "x"}, ("asiste", "", "", "", None)),
    ],
)
def test_responde_con_un_toque(client, enlace, oficio, tecleado, queda):
    respuesta = client.post(enlace, tecleado)
    assert (respuesta.status_code, respuesta.url) == (302, enlace)
    assert respuestas(oficio) == [queda]
    assert "Quedó registrada su respuesta" in client.get(enlace).content.decode()


def test_con_la_proteccion_de_formularios_encendida(oficio, enlace):
    navegador = Client(enforce_csrf_checks=True)
    assert navegador.post(enlace, {"sentido": "asiste"}).status_code == 403
    clave = dict(pagina(navegador.get(enlace)).campos)["csrfmiddlewaretoken"]
    datos = {"sentido": "asiste", "csrfmiddlewaretoken": clave}
    assert navegador.post(enlace, datos).status_code == 302
    assert len(respuestas(oficio)) == 1


def test_quien_delega_conserva_el_texto_que_leyo(client, enlace, oficio):
    client.post(enlace, DELEGA)
    consentimiento = oficio.respuestas.get().consentimiento
    assert consentimiento.startswith("El nombre y el cargo de la persona en quien delega")
    fila = Respuesta.historia.get()
    assert not hasattr(fila, "delegado")
    assert not hasattr(fila, "motivo")


def test_ya_contestado_lo_muestra_y_deja_cambiarlo(client, enlace, oficio):
    client.post(enlace, DELEGA)
    dicho = client.get(enlace).content.decode()
    assert "Usted respondió: delega en Juan Mina, Director." in dicho
    assert "Cambiar la respuesta" in dicho
    client.post(enlace, {"sentido": "no_asiste", "motivo": "Viaje"})
    assert [fila[0] for fila in respuestas(oficio)] == ["delega", "no_asiste"]
    assert oficio.respuesta.sentido == "no_asiste"
    assert "Usted respondió: no asistirá." in client.get(enlace).content.decode()


def test_repetir_lo_mismo_no_agrega(client, enlace, oficio):
    for _ in range(3):
        client.post(enlace, DELEGA)
    assert len(respuestas(oficio)) == 1


@pytest.mark.django_db(transaction=True)
def test_dos_toques_a_la_vez_dejan_una(oficio):
    a_la_vez(4, lambda n: responder(oficio, sentido="asiste"))
    assert respuestas(oficio) == [("asiste", "", "", "", None)]


@pytest.mark.parametrize(
    ("tecleado", "dicho"),
    [
        ({}, "Elija una respuesta"),
        ({"sentido": "tal vez"}, "Elija una respuesta"),
        ({"sentido": "delega"}, "Escriba el nombre de quien irá."),
        ({"sentido": "delega", "delegado": "Juan Mina"}, "Escriba el cargo de quien irá."),
        ({"sentido": "delega", "delegado": " ", "delegado_cargo": "x"}, "Escriba el nombre"),
        (DELEGA | {"delegado": "x" * 121}, "120"),
        ({"sentido": "no_asiste", "motivo": "x" * 301}, "300"),
        ({"sentido": "no_asiste", "motivo": "a\0b"}, "nulos"),
    ],
)
def test_lo_mal_tecleado_se_dice_y_no_escribe(client, enlace, oficio, tecleado, dicho):
    respuesta = client.post(enlace, tecleado)
    assert respuesta.status_code == 400
    assert "No se registró su respuesta" in respuesta.content.decode()
    assert dicho in respuesta.content.decode()
    assert respuestas(oficio) == []


def test_al_fallar_conserva_lo_tecleado_y_deja_abierto_lo_suyo(client, enlace):
    leido = client.post(enlace, {"sentido": "delega", "delegado": "Juan Mina"}).content.decode()
    assert 'value="Juan Mina"' in leido
    assert leido.count("<details open>") == 1


def test_es_ligera_y_no_lleva_al_interior(client, enlace):
    respuesta = client.get(enlace)
    direcciones = re.findall(r'(?:href|src)="([^"]+)"', respuesta.text)
    assert [direccion.rpartition("/")[2] for direccion in direcciones] == [
        "icono.svg",
        "publico.css",
        "responder.css",
    ]
    hojas = (finders.find(f"css/{hoja}.css") for hoja in ("publico", "responder"))
    peso = len(respuesta.content) + sum(Path(hoja).stat().st_size for hoja in hojas)
    assert peso < 60_000


# --- Lo que no vale -----------------------------------------------------------------------------


def falsos(oficio):
    bueno = camino_de(oficio).split("/")[-2]
    llave, firma = bueno.split(".")
    return [
        llave,
        f"{llave}.",
        f"{llave}.{firma[:-1]}{'A' if firma[-1] != 'A' else 'B'}",
        f"{'0' * len(llave)}.{firma}",
        f"{oficio.pk}.{firma}",
        Signer(salt="otra", sep=".").sign(llave),
        Signer(salt=SAL, sep=".", key="otra clave").sign(llave),
        signing.dumps(oficio.pk),
        str(oficio.pk),
        "nada",
        "ñ" * 400,
    ]


def test_mal_firmado_no_existe(client, oficio):
    for falso in falsos(oficio):
        direccion = reverse("talleres:responder", args=[falso])
        assert client.get(direccion).status_code == 404, falso
        assert client.post(direccion, {"sentido": "asiste"}).status_code == 404, falso
    assert respuestas(oficio) == []


def sin_valor(client, enlace, motivo):
    """410 en GET y POST, con el motivo y sin nombrar el encuentro ni al GAD."""
    for respuesta in (client.get(enlace), client.post(enlace, {"sentido": "asiste"})):
        leido = respuesta.content.decode()
        assert respuesta.status_code == 410
        assert motivo in leido
        assert "Rioverde" not in leido


@pytest.mark.parametrize(
    ("dias", "horas", "vale"),
    [(0, (0, 1), False), (0, (23, 59), True), (-1, (23, 59), False), (0, None, True)],
)
def test_vence_al_terminar_el_encuentro(client, enlace, oficio, dias, horas, vale):
    fecha = timezone.localdate() + timedelta(days=dias)
    fin = None if horas is None else f"{horas[0]:02}:{horas[1]:02}"
    cambiar(oficio, fecha=fecha, inicio="00:00" if fin else None, fin=fin)
    Convocatoria.objects.update(hechos=oficio.hechos | {"fecha": fecha.isoformat()})
    if vale:
        assert client.get(enlace).status_code == 200
    else:
        sin_valor(client, enlace, "El encuentro ya terminó")
        assert respuestas(oficio) == []


def test_de_un_encuentro_realizado_vence(client, enlace, oficio):
    cambiar(oficio, estado="realizado")
    sin_valor(client, enlace, "El encuentro ya terminó")


def test_si_el_gad_ya_no_esta_convocado(client, enlace, oficio):
    Convocado.objects.filter(gad="0807").delete()
    sin_valor(client, enlace, "se dejó sin efecto")


def test_cambiar_el_destinatario_cambia_el_enlace(client, enlace, oficio, central):
    datos = {
        "tratamiento": "Señor Alcalde",
        "destinatario": "Otro",
        "cargo": "Alcalde",
        "correo": "",
    }
    corregida = corregir_convocatoria(oficio, datos, por=central, version=oficio.version)
    sin_valor(client, enlace, "se reemplazó por otro")
    assert client.get(camino_de(corregida)).status_code == 200


def test_revocado_ya_no_abre(client, enlace, oficio, central):
    revocar_enlace(oficio, por=central)
    sin_valor(client, enlace, "se reemplazó por otro")
    assert respuestas(oficio) == []


def test_cancelado_lo_dice(client, enlace, oficio):
    cambiar(oficio, estado="cancelado", motivo="Un motivo interno")
    for respuesta in (client.get(enlace), client.post(enlace, {"sentido": "asiste"})):
        assert respuesta.status_code == 410
        assert "El encuentro se canceló." in respuesta.content.decode()
        assert "motivo interno" not in respuesta.content.decode()
        assert "<form" not in respuesta.content.decode()
    assert respuestas(oficio) == []


def test_reprogramado_lo_dice_y_espera_la_nueva_convocatoria(client, enlace, oficio):
    nueva = timezone.localdate() + timedelta(days=20)
    cambiar(oficio, estado="reprogramado", fecha=nueva)
    leido = client.get(enlace).content.decode()
    assert "El encuentro cambió de fecha." in leido
    assert "<form" not in leido
    rechazo = client.post(enlace, {"sentido": "asiste"})
    assert rechazo.status_code == 409
    assert "se responde a la nueva convocatoria" in rechazo.content.decode()
    assert respuestas(oficio) == []


def test_si_cambio_la_hora_valen_las_nuevas_y_lo_dice(client, enlace, oficio):
    cambiar(oficio, inicio="10:00")
    leido = client.get(enlace).content.decode()
    assert "Cambió la hora o el lugar" in leido
    assert "de 10:00 a 12:30" in leido
    assert client.post(enlace, {"sentido": "asiste"}).status_code == 302


def test_convocado_otra_vez_lo_respondido_antes_no_cuenta(client, enlace, oficio, central, taller):
    client.post(enlace, {"sentido": "asiste"})
    nueva = timezone.localdate() + timedelta(days=20)
    cambiar(oficio, estado="reprogramado", fecha=nueva)
    taller.refresh_from_db()
    segunda = emitir(taller, central)[1]
    assert (segunda.pk, segunda.codigo, segunda.ronda) == (oficio.pk, oficio.codigo, 2)
    assert segunda.respuesta is None
    sin_valor(client, enlace, "se reemplazó por otro")
    assert client.post(camino_de(segunda), {"sentido": "no_asiste"}).status_code == 302
    oficio.refresh_from_db()
    assert oficio.respuesta.sentido == "no_asiste"
    assert oficio.respuestas.count() == 2


# --- Nada de nadie más --------------------------------------------------------------------------


def test_no_dice_nada_de_los_demas(client, enlace, oficio, central):
    ajena = Convocatoria.objects.get(gad="0801")
    responder(ajena, sentido="delega", delegado="Persona Ajena", delegado_cargo="Cargo ajeno")
    for leido in (client.get(enlace), client.post(enlace, {"sentido": "delega"})):
        texto = leido.content.decode()
        for dato in ("Municipal de Esmeraldas", "Persona Ajena", "Cargo ajeno", ajena.codigo):
            assert dato not in texto
        assert ajena.llave not in texto
        assert "@" not in texto


def test_la_direccion_no_lleva_claves_adivinables(enlace, oficio):
    otra = camino_de(Convocatoria.objects.get(gad="0801"))
    llave, firma = enlace.split("/")[-2].split(".")
    assert (len(llave), len(firma)) == (48, 43)
    assert otra.split("/")[-2].split(".")[0] != llave
    assert str(oficio.encuentro_id) not in enlace.replace(llave, "").replace(firma, "")


def test_no_se_guarda_ni_se_sigue_ni_se_indexa(client, enlace):
    for respuesta in (client.get(enlace), client.post(enlace, {"sentido": "asiste"})):
        assert respuesta["Referrer-Policy"] == "same-origin"
        assert respuesta["X-Robots-Tag"] == "noindex, nofollow"
        assert "no-store" in respuesta["Cache-Control"]
    leida = pagina(client.get(enlace))
    assert all(direccion.startswith(("/", "#")) for direccion in leida.enlaces)
