"""Cada quien lee sus avisos, una vez cada cosa, y dice cómo quiere recibirlos."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from territorios.avisos import avisar, guardar_preferencias
from territorios.models import Aviso, Mensaje, PreferenciasDeAvisos
from tests.carreras import a_la_vez
from tests.conftest import entrar
from tests.fabricas_avisos import AvisoFactory
from tests.lectura_html import pagina

LISTA = reverse("avisos:lista")
PREFERENCIAS = reverse("avisos:preferencias")
CORREO = {"asunto": "Pasó algo", "texto": "Entre y mire."}


def decir(*personas, clave="hecho", clase="acuerdo", **mas):
    datos = {"texto": "Venció el acuerdo 1.", "direccion": "/acompanamiento/acuerdos/"} | mas
    return avisar(personas, clase=clase, clave=clave, **datos)


def textos(client, usuario, **filtro):
    entrar(client, usuario)
    return [aviso.texto for aviso in client.get(LISTA, filtro).context["pagina"]]


# --- Avisar -------------------------------------------------------------------------------------


def test_cada_cosa_se_avisa_una_vez_a_cada_persona(plan_rioverde, zonal1):
    assert len(decir(plan_rioverde)) == 1
    assert [una.destinatario for una in decir(plan_rioverde, zonal1)] == [zonal1]
    assert decir(plan_rioverde, zonal1) == []
    assert len(decir(plan_rioverde, clave="otro hecho")) == 1


def test_si_el_hecho_se_deshace_nadie_se_entera(plan_rioverde):
    class Deshecho(Exception):
        pass

    with pytest.raises(Deshecho), transaction.atomic():
        decir(plan_rioverde, correo=CORREO)
        raise Deshecho
    assert (Aviso.objects.count(), Mensaje.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_dos_que_avisan_a_la_vez_dejan_un_aviso_y_un_correo(plan_rioverde):
    dados = a_la_vez(4, lambda n: decir(plan_rioverde, correo=CORREO))
    assert [uno for uno in dados if isinstance(uno, Exception)] == []
    assert (Aviso.objects.count(), Mensaje.objects.count()) == (1, 1)


def test_a_la_cuenta_inactiva_no_se_le_avisa(inactivo):
    assert decir(inactivo, correo=CORREO) == []
    assert Aviso.objects.count() == Mensaje.objects.count() == 0


def test_el_correo_propio_sale_al_momento_si_asi_lo_quiere(plan_rioverde, zonal1):
    guardar_preferencias(zonal1, correo="diario", calladas=[], por=zonal1)
    propio, del_resumen = decir(plan_rioverde, zonal1, correo=CORREO)
    assert list(Mensaje.objects.values_list("para", flat=True)) == [plan_rioverde.email]
    assert propio.por_correo is not None
    assert del_resumen.por_correo is None


def test_a_quien_ya_se_le_escribio_por_otro_lado_no_le_toca_en_el_resumen(plan_rioverde):
    (aviso,) = decir(plan_rioverde, ya_escritos=[plan_rioverde.email.upper(), ""])
    assert aviso.por_correo is not None
    assert Mensaje.objects.count() == 0


def test_sin_correo_en_la_cuenta_queda_en_la_plataforma(plan_rioverde, client):
    plan_rioverde.email = ""
    plan_rioverde.save()
    decir(plan_rioverde, correo=CORREO)
    assert textos(client, plan_rioverde) == ["Venció el acuerdo 1."]
    assert Mensaje.objects.count() == 0


def test_un_texto_largo_se_recorta(plan_rioverde):
    (aviso,) = decir(plan_rioverde, texto="muy " * 200)
    assert len(aviso.texto) == 300
    assert aviso.texto.endswith("…")


@pytest.mark.parametrize("direccion", ["https://otro.ec/", "//otro.ec/x", "javascript:x"])
def test_un_aviso_no_lleva_fuera_de_la_plataforma(plan_rioverde, direccion):
    aviso = AvisoFactory.build(destinatario=plan_rioverde, direccion=direccion)
    with pytest.raises(ValidationError):
        aviso.validate_constraints()


# --- Leer ---------------------------------------------------------------------------------------


def test_la_cabecera_cuenta_lo_no_leido_sin_consultar_mas(
    client, plan_rioverde, zonal4, django_assert_num_queries
):
    entrar(client, plan_rioverde)
    # Sesión, cuenta y la lista vacía: la cuenta de avisos viene con la cuenta.
    with django_assert_num_queries(3):
        client.get(LISTA)
    AvisoFactory.create_batch(3, destinatario=plan_rioverde)
    AvisoFactory(destinatario=plan_rioverde, leido=timezone.now())
    AvisoFactory(destinatario=plan_rioverde, en_plataforma=False)
    AvisoFactory(destinatario=zonal4)
    respuesta = client.get(PREFERENCIAS)
    assert respuesta.wsgi_request.user.avisos_sin_leer == 3
    assert "3 sin leer" in " ".join(" ".join(pagina(respuesta).texto).split())


@pytest.mark.parametrize("cuantos", [1, 3])
def test_la_lista_hace_las_mismas_consultas(
    client, plan_rioverde, cuantos, django_assert_num_queries
):
    AvisoFactory.create_batch(cuantos, destinatario=plan_rioverde)
    entrar(client, plan_rioverde)
    with django_assert_num_queries(4):
        client.get(LISTA)


def test_abrir_un_aviso_lo_marca_leido_y_lleva_a_su_lugar(client, plan_rioverde):
    aviso = AvisoFactory(destinatario=plan_rioverde)
    entrar(client, plan_rioverde)
    respuesta = client.get(reverse("avisos:abrir", args=[aviso.pk]))
    assert (respuesta.status_code, respuesta.url) == (302, "/acompanamiento/acuerdos/")
    leido = Aviso.objects.get().leido
    assert leido is not None
    client.get(reverse("avisos:abrir", args=[aviso.pk]))
    assert Aviso.objects.get().leido == leido


def test_un_aviso_ajeno_no_existe(client, plan_rioverde, central):
    aviso = AvisoFactory(destinatario=plan_rioverde)
    entrar(client, central)
    assert client.get(reverse("avisos:abrir", args=[aviso.pk])).status_code == 404
    assert client.post(reverse("avisos:leer", args=[aviso.pk])).status_code == 404
    client.post(reverse("avisos:leer_todos"), {"hasta": aviso.pk})
    assert Aviso.objects.get().leido is None
    assert textos(client, central) == []


def test_marcar_uno_y_marcar_todos(client, plan_rioverde):
    avisos = AvisoFactory.create_batch(3, destinatario=plan_rioverde)
    entrar(client, plan_rioverde)
    client.post(reverse("avisos:leer", args=[avisos[0].pk]))
    assert list(Aviso.objects.sin_leer().order_by("pk")) == avisos[1:]
    # Llegó después de que se abriera la página: no se ha visto.
    nuevo = AvisoFactory(destinatario=plan_rioverde)
    hecho = client.post(reverse("avisos:leer_todos"), {"hasta": avisos[2].pk}, follow=True)
    assert list(Aviso.objects.sin_leer()) == [nuevo]
    assert "2 avisos marcados como leídos." in hecho.text


@pytest.mark.parametrize("nombre", ["leer", "leer_todos"])
def test_marcar_es_por_envio_y_no_por_enlace(client, plan_rioverde, nombre):
    aviso = AvisoFactory(destinatario=plan_rioverde)
    entrar(client, plan_rioverde)
    args = [aviso.pk] if nombre == "leer" else []
    assert client.get(reverse(f"avisos:{nombre}", args=args)).status_code == 405
    assert Aviso.objects.get().leido is None


def test_la_lista_se_filtra_por_clase_y_por_leido(client, plan_rioverde):
    AvisoFactory(destinatario=plan_rioverde, clase="plazo", texto="Plazo")
    AvisoFactory(destinatario=plan_rioverde, texto="Acuerdo leído", leido=timezone.now())
    AvisoFactory(destinatario=plan_rioverde, texto="Acuerdo")
    assert textos(client, plan_rioverde) == ["Acuerdo", "Acuerdo leído", "Plazo"]
    assert textos(client, plan_rioverde, clase="acuerdo") == ["Acuerdo", "Acuerdo leído"]
    assert textos(client, plan_rioverde, clase="acuerdo", leidos="no") == ["Acuerdo"]
    assert client.get(LISTA, {"clase": "devuelta"}).status_code == 200


def test_un_filtro_imposible_se_dice(client, plan_rioverde):
    entrar(client, plan_rioverde)
    respuesta = client.get(LISTA, {"clase": "nada"})
    assert respuesta.status_code == 400
    assert "«nada» no está en la lista" in respuesta.text


def test_sin_avisos_se_dice_que_llegara(client, observador):
    entrar(client, observador)
    assert "No tiene avisos." in client.get(LISTA).text


def test_al_cambiar_de_zona_los_avisos_de_antes_dejan_de_verse(client, zonal1):
    aviso = AvisoFactory(destinatario=zonal1)
    zonal1.zona_id = 4
    zonal1.save()
    assert textos(client, zonal1) == []
    assert client.get(reverse("avisos:abrir", args=[aviso.pk])).status_code == 404
    assert client.get(LISTA).wsgi_request.user.avisos_sin_leer == 0
    zonal1.zona_id = 1
    zonal1.save()
    assert len(textos(client, zonal1)) == 1


# --- Preferencias -------------------------------------------------------------------------------


def test_cada_quien_escoge_y_vale_desde_entonces(client, plan_rioverde):
    decir(plan_rioverde, clave="antes")
    entrar(client, plan_rioverde)
    assert client.get(PREFERENCIAS).context["form"].initial["correo"] == "momento"
    elegido = {"correo": "semanal", "clases": ["devuelta", "plazo"]}
    assert client.post(PREFERENCIAS, elegido).status_code == 302
    guardadas = PreferenciasDeAvisos.objects.get()
    assert guardadas.correo == "semanal"
    assert guardadas.calladas == ["acuerdo", "aprobada", "convocatoria", "encuentro", "linea"]
    assert guardadas.historia.get().history_user == plan_rioverde
    decir(plan_rioverde, clave="después", texto="Otro acuerdo.")
    decir(plan_rioverde, clave="plazo", clase="plazo", texto="Un plazo.")
    assert textos(client, plan_rioverde) == ["Un plazo.", "Venció el acuerdo 1."]


def test_lo_callado_con_otro_rol_sigue_callado(client, zonal1):
    guardar_preferencias(zonal1, correo="diario", calladas=["plazo"], por=zonal1)
    entrar(client, zonal1)
    client.post(PREFERENCIAS, {"correo": "diario", "clases": ["enviada"]})
    calladas = PreferenciasDeAvisos.objects.get().calladas
    assert calladas == ["acuerdo", "encargo", "plan", "plazo", "trabajo"]


@pytest.mark.parametrize(
    "mal", [{"correo": "cada hora"}, {}, {"correo": "diario", "clases": ["enviada"]}]
)
def test_lo_que_no_se_ofrece_se_rechaza(client, plan_rioverde, mal):
    entrar(client, plan_rioverde)
    respuesta = client.post(PREFERENCIAS, mal)
    assert respuesta.status_code == 400
    assert "No se guardó" in respuesta.text
    assert PreferenciasDeAvisos.objects.count() == 0
