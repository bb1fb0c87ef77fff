"""La puerta de un encuentro: abrirla, renovarla, cerrarla, y quién puede."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import segno
from django.db import IntegrityError, transaction
from django.urls import reverse

from talleres.acciones import NoProcede
from talleres.documentos_asistencia import cartel_de_la_puerta, qr_de
from talleres.models import ParametrosDeAgenda, Puerta
from talleres.models.puerta import medidas_de, plazo, resumir
from talleres.puerta import YaCambio, abrir_puerta, cerrar_puerta
from tests.carreras import a_la_vez
from tests.conftest import entrar
from tests.fabricas_puerta import EncuentroDeHoyFactory, PuertaFactory
from tests.lectura_pdf import texto_de, textos_alternativos

pytestmark = pytest.mark.django_db
GUAYAQUIL = ZoneInfo("America/Guayaquil")


def ruta(nombre, encuentro):
    return reverse(f"talleres:{nombre}", args=[encuentro.pk])


# --- La clave -----------------------------------------------------------------------------------


def test_la_clave_no_se_guarda_y_se_puede_volver_a_mostrar(encuentro1, zonal1):
    clave = abrir_puerta(encuentro1, por=zonal1).clave
    guardada = Puerta.objects.get()
    assert guardada.clave == clave
    asientos = [*Puerta.objects.values_list(), *Puerta.historia.values_list()]
    assert not any(clave in str(fila) or clave.replace("-", "") in str(fila) for fila in asientos)
    assert guardada.historia.get().history_user == zonal1


def test_con_otro_secreto_del_servidor_la_base_no_sirve_para_entrar(encuentro1, zonal1, settings):
    puerta = abrir_puerta(encuentro1, por=zonal1)
    clave = puerta.clave
    settings.SECRET_KEY = "otro-secreto-de-prueba-que-no-es-el-del-servidor-0123456789"
    assert puerta.clave != clave
    assert resumir(clave) != puerta.resumen


def test_cada_clave_es_otra_y_lleva_doce_letras_sin_equivocos(encuentro1):
    claves = {Puerta(encuentro=encuentro1).clave for _ in range(200)}
    assert len(claves) == 200
    assert {len(clave) for clave in claves} == {14}
    assert not set("01OILBSZ") & set("".join(claves))


def test_da_igual_como_se_teclee(encuentro1, zonal1):
    puerta = abrir_puerta(encuentro1, por=zonal1)
    suelta = f" {puerta.clave.replace('-', ' ').lower()} "
    assert Puerta.objects.de_clave(suelta) == puerta
    assert Puerta.objects.de_clave("") is None


# --- Abrir, renovar y cerrar --------------------------------------------------------------------


def test_renovar_cierra_la_anterior(encuentro1, zonal1, central):
    primera = abrir_puerta(encuentro1, por=zonal1)
    segunda = abrir_puerta(encuentro1, por=central, vista=primera.pk)
    primera.refresh_from_db()
    assert (primera.cerrada is not None, segunda.cerrada) == (True, None)
    assert primera.clave != segunda.clave
    razones = Puerta.historia.order_by("history_id").values_list("history_change_reason", flat=True)
    assert list(razones) == ["Apertura", "Cierre", "Renovación"]


@pytest.mark.parametrize("vista", [None, 999_999])
def test_lo_que_otra_persona_cambio_no_se_pisa(encuentro1, zonal1, vista):
    abierta = abrir_puerta(encuentro1, por=zonal1)
    with pytest.raises(YaCambio):
        abrir_puerta(encuentro1, por=zonal1, vista=vista)
    with pytest.raises(YaCambio):
        cerrar_puerta(encuentro1, por=zonal1, vista=vista)
    assert list(Puerta.objects.abiertas()) == [abierta]


def test_no_se_abre_la_de_un_encuentro_cancelado(encuentro1, zonal1):
    encuentro1.estado, encuentro1.motivo = "cancelado", "Lluvia"
    encuentro1.save()
    with pytest.raises(NoProcede, match="cancelado"):
        abrir_puerta(encuentro1, por=zonal1)
    assert not Puerta.objects.exists()


def test_la_base_admite_una_sola_abierta(encuentro1):
    PuertaFactory(encuentro=encuentro1)
    with pytest.raises(IntegrityError), transaction.atomic():
        PuertaFactory(encuentro=encuentro1)


@pytest.mark.django_db(transaction=True)
def test_si_dos_abren_a_la_vez_queda_una(encuentro1, zonal1):
    dados = a_la_vez(4, lambda n: abrir_puerta(encuentro1, por=zonal1))
    assert sum(isinstance(dado, Puerta) for dado in dados) == 1
    assert sum(isinstance(dado, YaCambio) for dado in dados) == 3
    assert Puerta.objects.count() == 1


# --- El plazo -----------------------------------------------------------------------------------


def test_el_plazo_sale_del_encuentro_y_de_los_parametros(encuentro1):
    ParametrosDeAgenda.objects.create(registro_antes=30, registro_despues=60)
    assert plazo(encuentro1, medidas_de(encuentro1)) == (
        datetime(2019, 8, 22, 8, 0, tzinfo=GUAYAQUIL),
        datetime(2019, 8, 22, 13, 30, tzinfo=GUAYAQUIL),
    )


def test_sin_horas_vale_todo_el_dia(encuentro1):
    encuentro1.inicio = encuentro1.fin = None
    desde, hasta = plazo(encuentro1, ParametrosDeAgenda(registro_antes=0, registro_despues=0))
    assert (desde.time(), hasta.time()) == (time.min, time.max)
    assert {desde.date(), hasta.date()} == {date(2019, 8, 22)}


@pytest.mark.parametrize(
    ("minutos", "estado"),
    [(-121, "temprano"), (-120, "abierta"), (0, "abierta"), (420, "abierta"), (421, "vencida")],
)
def test_como_esta_a_cada_hora(encuentro1, minutos, estado):
    """De 08:30 a 12:30, con las dos horas de antes y las tres de después de fábrica."""
    puerta = PuertaFactory(encuentro=encuentro1)
    momento = datetime(2019, 8, 22, 8, 30, tzinfo=GUAYAQUIL) + timedelta(minutes=minutos)
    assert puerta.estado_en(momento, ParametrosDeAgenda()) == estado


# --- Las páginas de la zona ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quien", "estado"),
    [
        ("central", 200),
        ("zonal1", 200),
        ("zonal4", 404),
        ("plan_rioverde", 403),
        ("plan_chone", 403),
        ("observador", 403),
        ("observador1", 403),
    ],
)
def test_quien_entra(request, client, encuentro1, quien, estado):
    PuertaFactory(encuentro=encuentro1)
    entrar(client, request.getfixturevalue(quien))
    for nombre in ("puerta", "cartel"):
        assert client.get(ruta(nombre, encuentro1)).status_code == estado
    for nombre in ("abrir_puerta", "cerrar_puerta"):
        esperado = 409 if estado == 200 else estado
        assert client.post(ruta(nombre, encuentro1)).status_code == esperado
    assert Puerta.objects.abiertas().count() == 1


def test_abrir_mostrar_el_cartel_renovar_y_cerrar(client, encuentro1, zonal1):
    entrar(client, zonal1)
    pagina = client.get(ruta("puerta", encuentro1))
    assert "Abrir el registro" in pagina.text
    assert client.get(ruta("cartel", encuentro1)).url == ruta("puerta", encuentro1)
    assert client.get(ruta("cartel_pdf", encuentro1)).url == ruta("puerta", encuentro1)
    client.post(ruta("abrir_puerta", encuentro1))
    primera = Puerta.objects.abiertas().get()
    cartel = client.get(ruta("cartel", encuentro1)).text
    assert f"testserver/r/{primera.clave}" in cartel
    assert "Territorio" not in cartel
    client.post(ruta("abrir_puerta", encuentro1), {"vista": primera.pk})
    segunda = Puerta.objects.abiertas().get()
    assert primera.clave not in client.get(ruta("cartel", encuentro1)).text
    client.post(ruta("cerrar_puerta", encuentro1), {"vista": segunda.pk})
    assert not Puerta.objects.abiertas().exists()


def test_dos_toques_seguidos_no_cambian_la_clave_dos_veces(client, encuentro1, zonal1):
    entrar(client, zonal1)
    client.post(ruta("abrir_puerta", encuentro1))
    clave = Puerta.objects.abiertas().get().clave
    respuesta = client.post(ruta("abrir_puerta", encuentro1))
    assert respuesta.status_code == 409
    assert "Otra persona abrió o cerró el registro" in respuesta.text
    assert Puerta.objects.abiertas().get().clave == clave


@pytest.mark.parametrize("vista", ["²", "-1", "x", "9" * 30])
def test_una_vista_inventada_no_rompe_nada(client, encuentro1, zonal1, vista):
    puerta = PuertaFactory(encuentro=encuentro1)
    entrar(client, zonal1)
    assert client.post(ruta("cerrar_puerta", encuentro1), {"vista": vista}).status_code == 409
    assert list(Puerta.objects.abiertas()) == [puerta]


def test_la_ficha_enlaza_a_la_puerta_solo_a_quien_registra(client, encuentro1, zonal1, observador):
    direccion = ruta("puerta", encuentro1)
    assert direccion in entrar(client, zonal1).get(encuentro1.get_absolute_url()).text
    assert direccion not in entrar(client, observador).get(encuentro1.get_absolute_url()).text


# --- El cartel ----------------------------------------------------------------------------------


def test_el_qr_lleva_la_direccion_entera(client, encuentro1, zonal1):
    puerta = PuertaFactory(encuentro=encuentro1)
    entrar(client, zonal1)
    direccion = f"http://testserver/r/{puerta.clave}/"
    assert qr_de(direccion) in client.get(ruta("cartel", encuentro1)).text.replace("&#x27;", "'")
    assert segno.make_qr(direccion, error="m").designator.endswith("-M")


def test_el_cartel_impreso():
    encuentro = EncuentroDeHoyFactory.build(fecha=date(2019, 8, 22), inicio=time(8, 30))
    pdf = cartel_de_la_puerta(encuentro, "https://ejemplo.gob.ec/r/K7QM-3XHP-9FTA/")
    texto = texto_de(pdf)
    for parte in ("Regístrese aquí", "Taller de hoy", "ejemplo.gob.ec/r/K7QM-3XHP-9FTA"):
        assert parte in texto
    assert "Jueves 22 de agosto de 2019, 08:30 · Rioverde" in texto
    assert textos_alternativos(pdf) == ["Código QR que abre ejemplo.gob.ec/r/K7QM-3XHP-9FTA"]
