"""Registrarse en la puerta desde un teléfono, sin cuenta: lo que se admite y lo que no."""

import gzip
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from talleres.acciones import NoProcede
from talleres.models import (
    Convocado,
    Encuentro,
    ParametrosDeAgenda,
    Participante,
    TextoConsentimiento,
)
from talleres.puerta import abrir_puerta, cerrar_puerta, registrar_en_puerta
from tests.carreras import a_la_vez
from tests.fabricas_puerta import EncuentroDeHoyFactory, PuertaFactory
from tests.fabricas_registro import TEXTO, ParticipanteFactory, TextoConsentimientoFactory
from tests.lectura_html import lo_que_enviaria, pagina

pytestmark = pytest.mark.django_db
ANA = {
    "nombre": "Ana Lucía Bone",
    "gad": "0807",
    "cargo": "Técnica de planificación",
    "sexo": "mujer",
    "consentimiento": "on",
}


@pytest.fixture
def puerta(grupo1, territorio):
    """La de un taller de hoy en Rioverde, que convoca a Rioverde y a Chumundé."""
    TextoConsentimientoFactory()
    encuentro = EncuentroDeHoyFactory(
        estrategia=grupo1.estrategia, grupos=[grupo1], canton=territorio.lugar["0807"]
    )
    for codigo in ("0807", "080752"):
        Convocado.objects.create(encuentro=encuentro, gad=territorio.gad[codigo])
    return PuertaFactory(encuentro=encuentro)


def direccion(puerta):
    return reverse("publico:registro", args=[puerta.clave])


def enviar(client, puerta, **cambios):
    datos = ANA | {"clave_envio": str(uuid4())} | cambios
    return client.post(direccion(puerta), datos)


def enviar_json(client, puerta, **cambios):
    datos = ANA | {"clave_envio": str(uuid4())} | cambios
    return client.post(direccion(puerta), datos, headers={"accept": "application/json"})


# --- Lo que se admite ---------------------------------------------------------------------------


def test_se_registra_sin_cuenta(client, puerta):
    formulario = client.get(direccion(puerta))
    respuesta = client.post(direccion(puerta), lo_que_enviaria(formulario, **ANA))
    assert (respuesta.status_code, respuesta.url) == (302, f"{direccion(puerta)}gracias/")
    assert "Quedó registrado/a" in client.get(respuesta.url).text
    ana = Participante.objects.get()
    assert (ana.nombre, ana.gad_id, ana.nivel, ana.via) == (
        "Ana Lucía Bone",
        "0807",
        "municipal",
        "qr",
    )
    assert (ana.encuentro, ana.consentimiento) == (puerta.encuentro, TEXTO)
    assert ana.consentimiento_fecha == timezone.localdate()
    assert ana.historia.get().history_user is None


def test_da_igual_como_se_teclee_la_clave(client, puerta):
    suelta = puerta.clave.replace("-", "").lower()
    assert client.get(reverse("publico:registro", args=[suelta])).status_code == 200


def test_los_convocados_van_primero_y_luego_su_provincia(client, puerta):
    texto = client.get(direccion(puerta)).text
    lugares = [
        texto.index(parte)
        for parte in (
            "GAD convocados",
            'value="0807"',
            'value="080752"',
            "Si no está en la lista",
            'value="nacional"',
            "Otros GAD de la provincia",
            'value="0801"',
        )
    ]
    assert lugares == sorted(lugares)
    assert 'value="13"' not in texto


@pytest.mark.parametrize(
    ("elegido", "nivel"), [("nacional", "nacional"), ("municipal", "municipal"), ("otro", "otro")]
)
def test_quien_no_esta_en_la_lista_escribe_de_donde_viene(client, puerta, elegido, nivel):
    assert enviar(client, puerta, gad=elegido, organizacion="Minería").status_code == 302
    hecho = Participante.objects.get()
    assert (hecho.gad, hecho.organizacion, hecho.nivel) == (None, "Minería", nivel)


def test_el_mismo_envio_dos_veces_es_una_fila(client, puerta):
    clave = str(uuid4())
    uno, otro = (enviar(client, puerta, clave_envio=clave) for _ in range(2))
    assert uno.url == otro.url
    assert Participante.objects.count() == 1


def test_quien_ya_estaba_recibe_lo_mismo_y_no_ve_al_otro(client, puerta):
    ParticipanteFactory(
        encuentro=puerta.encuentro, nombre="Ana Bone", correo="ana@ejemplo.gob.ec", gad_id="0807"
    )
    respuesta = enviar(client, puerta)
    gracias = client.get(respuesta.url).text
    assert "Quedó registrado/a" in gracias
    assert "Bone" not in gracias + client.get(direccion(puerta)).text
    assert Participante.objects.filter(encuentro=puerta.encuentro).count() == 2


@pytest.mark.django_db(transaction=True)
def test_ocho_toques_a_la_vez_son_una_fila(puerta, client):
    clave = str(uuid4())
    respuestas = a_la_vez(8, lambda n: enviar(type(client)(), puerta, clave_envio=clave))
    assert {respuesta.status_code for respuesta in respuestas} == {302}
    assert Participante.objects.count() == 1


# --- Sin red: la cola -----------------------------------------------------------------------------


def test_el_formulario_es_de_la_cola(client, puerta):
    leida = pagina(client.get(direccion(puerta)))
    assert [f.get("data-cola") for f in leida.formularios] == ["registro"]
    claves = {dict(pagina(client.get(direccion(puerta))).campos)["clave_envio"] for _ in range(3)}
    assert len(claves) == 3
    assert leida.prohibido == []


def test_con_json_dice_si_ya_estaba(client, puerta):
    clave = str(uuid4())
    uno = enviar_json(client, puerta, clave_envio=clave)
    otro = enviar_json(client, puerta, clave_envio=clave)
    pk = Participante.objects.get().pk
    assert (uno.status_code, uno.json()) == (201, {"pk": pk, "version": 1, "ya_estaba": False})
    assert (otro.status_code, otro.json()) == (200, {"pk": pk, "version": 1, "ya_estaba": True})


def test_con_json_dice_que_falta(client, puerta):
    respuesta = enviar_json(client, puerta, nombre="", sexo="x")
    assert respuesta.status_code == 400
    assert respuesta.json() == {
        "errores": {
            "nombre": ["Escriba su nombre y su apellido."],
            "sexo": ["Elija una de las opciones."],
        }
    }
    cerrar_puerta(puerta.encuentro, por=None, vista=puerta.pk)
    cerrada = enviar_json(client, puerta)
    assert (cerrada.status_code, list(cerrada.json())) == (410, ["mensaje"])


# --- Lo que no se admite --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cambios", "mensaje"),
    [
        ({"nombre": " "}, "Escriba su nombre y su apellido."),
        ({"cargo": ""}, "Escriba su cargo"),
        ({"gad": ""}, "Elija su GAD"),
        ({"gad": "1303"}, "Elija una de la lista."),
        ({"gad": "otro"}, "Escriba el nombre de su GAD o entidad."),
        ({"sexo": ""}, "Elija una opción"),
        ({"correo": "ana@"}, "Ese correo no está completo"),
        ({"consentimiento": ""}, "hace falta aceptar"),
        ({"clave_envio": "x"}, "Vuelva a abrir la página"),
        ({"clave_envio": ""}, "Vuelva a abrir la página"),
        ({"nombre": "A" * 121}, "120"),
        ({"nombre": "Ana\0Bone"}, "nulos"),
    ],
)
def test_lo_mal_escrito_se_dice_y_no_se_pierde(client, puerta, cambios, mensaje):
    respuesta = enviar(client, puerta, **cambios)
    assert respuesta.status_code == 400
    assert mensaje in respuesta.text
    assert not Participante.objects.exists()
    if "cargo" not in cambios:
        assert 'value="Técnica de planificación"' in respuesta.text


def test_los_campos_de_mas_no_cuentan(client, puerta, encuentro1):
    enviar(client, puerta, encuentro=encuentro1.pk, via="lista", nivel="nacional", version=9)
    hecho = Participante.objects.get()
    assert (hecho.encuentro, hecho.via, hecho.nivel) == (puerta.encuentro, "qr", "municipal")


def test_la_clave_de_un_envio_de_otro_encuentro_no_dice_nada(client, puerta, encuentro1):
    ajena = ParticipanteFactory(encuentro=encuentro1, gad_id="0807")
    respuesta = enviar(client, puerta, clave_envio=str(ajena.clave_envio))
    assert respuesta.status_code == 410
    assert ajena.nombre not in respuesta.text
    assert not puerta.encuentro.participantes.exists()


@pytest.mark.parametrize("clave", ["ABCD-EFGH-JKMN", "x", "'; DROP", "K" * 500, "ñandú", "…"])
def test_una_clave_inventada_es_404(client, puerta, clave):
    ruta = reverse("publico:registro", args=[clave])
    for respuesta in (client.get(ruta), client.post(ruta, ANA), client.get(f"{ruta}gracias/")):
        assert respuesta.status_code == 404
        assert "Ese código no abre ningún registro" in respuesta.text
        assert puerta.encuentro.tema not in respuesta.text
    assert not Participante.objects.exists()


def test_cerrada_renovada_o_cancelada_es_410_y_no_dice_de_que(client, puerta, zonal1):
    def rechazada(una):
        for respuesta in (client.get(direccion(una)), enviar(client, una)):
            assert respuesta.status_code == 410
            assert "Este registro está cerrado" in respuesta.text
            assert una.encuentro.tema not in respuesta.text

    nueva = abrir_puerta(puerta.encuentro, por=zonal1, vista=puerta.pk)
    rechazada(puerta)
    assert client.get(direccion(nueva)).status_code == 200
    cerrar_puerta(puerta.encuentro, por=zonal1, vista=nueva.pk)
    rechazada(nueva)
    otra = abrir_puerta(puerta.encuentro, por=zonal1)
    Encuentro.objects.filter(pk=otra.encuentro_id).update(estado="cancelado", motivo="Lluvia")
    rechazada(otra)
    assert not Participante.objects.exists()


def test_lo_ya_guardado_no_se_niega_aunque_la_puerta_se_haya_cerrado(client, puerta, zonal1):
    clave = str(uuid4())
    primera = enviar_json(client, puerta, clave_envio=clave)
    cerrar_puerta(puerta.encuentro, por=zonal1, vista=puerta.pk)
    otra_vez = enviar_json(client, puerta, clave_envio=clave)
    assert (otra_vez.status_code, otra_vez.json()) == (200, primera.json() | {"ya_estaba": True})
    assert enviar_json(client, puerta, clave_envio="no-es-una-clave").status_code == 410
    assert Participante.objects.count() == 1


@pytest.mark.parametrize(
    ("dias", "estado", "titulo"),
    [
        (-3, 410, "El registro de este encuentro ya terminó"),
        (3, 403, "El registro todavía no empieza"),
    ],
)
def test_fuera_de_plazo(client, puerta, dias, estado, titulo):
    fecha = timezone.localdate() + timedelta(days=dias)
    Encuentro.objects.filter(pk=puerta.encuentro_id).update(fecha=fecha)
    for respuesta in (client.get(direccion(puerta)), enviar(client, puerta)):
        assert respuesta.status_code == estado
        assert titulo in respuesta.text
    assert not Participante.objects.exists()


def test_sin_texto_de_consentimiento_no_se_recogen_datos(client, puerta):
    TextoConsentimiento.objects.all().delete()
    for respuesta in (client.get(direccion(puerta)), enviar(client, puerta)):
        assert respuesta.status_code == 503
        assert "firme la hoja" in respuesta.text
    assert not Participante.objects.exists()


def test_un_codigo_de_otro_encuentro_registra_solo_en_el_suyo(client, puerta):
    otra = PuertaFactory(encuentro=EncuentroDeHoyFactory(tema="Otro taller"))
    assert enviar(client, otra, gad="otro", organizacion="Universidad").status_code == 302
    assert not puerta.encuentro.participantes.exists()
    assert otra.encuentro.participantes.count() == 1


# --- Los límites ----------------------------------------------------------------------------------


def test_ochenta_personas_con_el_mismo_wifi(client, puerta):
    codigos = {enviar(client, puerta, nombre=f"Persona {n}").status_code for n in range(80)}
    assert codigos == {302}
    assert puerta.encuentro.participantes.count() == 80


def test_el_limite_por_conexion_avisa_y_no_toca_a_otras(client, puerta, settings):
    settings.LIMITES_POR_MINUTO = settings.LIMITES_POR_MINUTO | {"registro_en_puerta": 3}
    # Más del doble del tope: alguno se rechaza aunque a mitad de la prueba cambie el minuto.
    codigos = [enviar(client, puerta).status_code for _ in range(8)]
    assert (codigos[0], set(codigos)) == (302, {302, 429})
    client.defaults["REMOTE_ADDR"] = "10.0.0.9"
    assert enviar(client, puerta).status_code == 302


def test_el_tope_es_del_encuentro_y_renovar_no_lo_reinicia(client, puerta, zonal1):
    ParametrosDeAgenda.objects.create(registro_tope=2)
    clave = str(uuid4())
    codigos = [enviar(client, puerta, clave_envio=clave).status_code, enviar(client, puerta)]
    llena = enviar(client, puerta)
    assert (codigos[0], codigos[1].status_code, llena.status_code) == (302, 302, 410)
    assert "se llenó" in llena.text
    # Quien ya estaba y lo manda otra vez no recibe un rechazo.
    assert enviar(client, puerta, clave_envio=clave).status_code == 302
    nueva = abrir_puerta(puerta.encuentro, por=zonal1, vista=puerta.pk)
    assert enviar(client, nueva).status_code == 410
    assert puerta.encuentro.participantes.count() == 2


def test_lo_que_llega_cuando_se_acaba_de_cerrar_no_entra(puerta, zonal1):
    """La página se abrió antes del cierre: cuenta cómo está la puerta al escribir."""
    cerrar_puerta(puerta.encuentro, por=zonal1, vista=puerta.pk)
    with pytest.raises(NoProcede, match="se cerró mientras escribía"):
        registrar_en_puerta(puerta, {}, clave_envio=uuid4())
    assert not Participante.objects.exists()


def test_probar_claves_se_frena_pero_el_cartel_sigue_sirviendo(client, puerta, settings):
    settings.LIMITES_POR_MINUTO = settings.LIMITES_POR_MINUTO | {"clave_inventada": 2}
    inventada = reverse("publico:registro", args=["ABCD-EFGH-JKMN"])
    codigos = [client.get(inventada).status_code for _ in range(9)]
    assert set(codigos) == {404, 429}
    assert client.get(direccion(puerta)).status_code == 200


# --- La página ------------------------------------------------------------------------------------


def test_cabe_en_una_red_lenta_y_no_enlaza_hacia_adentro(client, puerta):
    respuesta = client.get(direccion(puerta))
    rutas = re.findall(r'(?:href|src)="/static/([^"]+)"', respuesta.text)
    assert len(rutas) == 6
    recursos = [finders.find(ruta) for ruta in rutas]
    textos = [respuesta.content]
    for ruta in recursos:
        with open(ruta, "rb") as archivo:
            textos.append(archivo.read())
    assert sum(len(gzip.compress(texto)) for texto in textos) < 60_000
    leida = pagina(respuesta)
    assert leida.enlaces == []
    assert leida.prohibido == []
    assert (respuesta["X-Robots-Tag"], "noindex" in respuesta.text) == ("noindex, nofollow", True)
    assert "no-store" in respuesta["Cache-Control"]


def test_la_proteccion_contra_formularios_ajenos_deja_pasar_al_propio(puerta):
    """Con «Referrer-Policy: no-referrer» el navegador manda «Origin: null» y se rechazaría."""
    estricto = Client(enforce_csrf_checks=True)
    formulario = estricto.get(direccion(puerta))
    assert formulario["Referrer-Policy"] == "same-origin"
    datos = lo_que_enviaria(formulario, **ANA)
    origen = {"origin": "http://testserver"}
    assert estricto.post(direccion(puerta), datos, headers=origen).status_code == 302
    ajeno = {"origin": "https://malo.example"}
    assert estricto.post(direccion(puerta), datos, headers=ajeno).status_code == 403
