"""El motor de los trabajos: pedir una vez, hacer cada pieza una vez, un ZIP entero o ninguno."""

from collections import Counter
from datetime import timedelta
from errno import ENOSPC
from hashlib import sha256
from pathlib import Path
from threading import Event

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from territorios import trabajos
from territorios.documentos import SinPango
from territorios.models import DocumentoEmitido, Mensaje, PiezaDeTrabajo, Trabajo
from tests.carreras import a_la_vez
from tests.fabricas_trabajos import con_documentos, dentro_de, listo_de, pedir_de

HACE_RATO = timedelta(minutes=10)
# Los GAD de la zona 1 en el elenco.
ZONA_1 = ["08", "0801", "0803", "0807", "080752"]


@pytest.fixture
def compuestos(monkeypatch):
    """Sin componer: el PDF es su HTML. Da cuántas veces se compuso cada título."""
    cuenta = Counter()

    def componer(html):
        cuenta[html.split("<title>")[1].split("</title>")[0]] += 1
        return html.encode()

    monkeypatch.setattr("territorios.documentos.html_a_pdf", componer)
    return cuenta


def correr(trabajo, quien="uno", **mas):
    trabajos.correr(trabajo.pk, quien=quien, **mas)
    trabajo.refresh_from_db()
    return trabajo


def zips():
    carpeta = Path(settings.ARCHIVOS_PRIVADOS) / "trabajos"
    return sorted(archivo.name for archivo in carpeta.glob("*"))


def envejecer():
    """Como si todo el que trabajaba hubiera muerto hace rato."""
    antes = timezone.now() - HACE_RATO
    Trabajo.objects.update(latido=antes)
    PiezaDeTrabajo.objects.exclude(reservada=None).update(reservada=antes)


# --- Pedir --------------------------------------------------------------------------------------


def test_pedir_deja_sus_piezas_y_turnos_en_la_cola(zonal1):
    trabajo = pedir_de(zonal1)
    assert [pieza.clave for pieza in trabajo.piezas.all()] == ZONA_1
    assert trabajo.piezas.first().nombre == "zona-1/ficha-08-esmeraldas.pdf"
    tareas = DBTaskResult.objects.values_list("args_kwargs", flat=True)
    assert list(tareas) == [{"args": [trabajo.pk], "kwargs": {}}] * len(ZONA_1)
    asiento = trabajo.historia.get()
    assert (asiento.history_user, asiento.history_change_reason) == (zonal1, "Pedido")


def test_pedir_dos_veces_lo_mismo_es_el_mismo(zonal1, central):
    uno = pedir_de(zonal1)
    assert pedir_de(zonal1) == uno
    assert pedir_de(zonal1, nivel="municipales") != uno
    assert pedir_de(central) != uno
    assert Trabajo.objects.count() == 3


def test_ya_terminado_se_puede_pedir_otra_vez(zonal1):
    uno = listo_de(zonal1)
    assert pedir_de(zonal1) != uno


def test_la_base_no_admite_dos_vivos_iguales(zonal1):
    uno = pedir_de(zonal1)
    uno.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        uno.save()


@pytest.mark.django_db(transaction=True)
def test_dos_pestanias_piden_a_la_vez_y_hay_uno(zonal1):
    hechos = a_la_vez(4, lambda n: pedir_de(zonal1).pk)
    assert len(set(hechos)) == 1
    assert (Trabajo.objects.count(), PiezaDeTrabajo.objects.count()) == (1, len(ZONA_1))


# --- Hacer --------------------------------------------------------------------------------------


def test_corre_hasta_el_zip_con_su_indice_y_avisa_una_vez(zonal1, compuestos):
    trabajo = correr(pedir_de(zonal1))
    assert (trabajo.estado, trabajo.motivo) == ("listo", "")
    dentro = dentro_de(trabajo)
    indice = dentro.pop("indice.csv").decode("utf-8-sig").splitlines()
    piezas = trabajo.piezas.select_related("documento")
    assert {n: sha256(bites).hexdigest() for n, bites in dentro.items()} == {
        pieza.nombre: pieza.documento.sha256 for pieza in piezas
    }
    assert sorted(linea.split(";")[0] for linea in indice[1:]) == sorted(dentro)
    assert [d.numero for d in DocumentoEmitido.objects.order_by("numero")] == [1, 2, 3, 4, 5]
    with trabajo.archivo.open("rb") as guardado:
        assert sha256(guardado.read()).hexdigest() == trabajo.sha256
    assert trabajo.vence == trabajo.terminado + settings.RETENCION_DE_TRABAJOS
    (mensaje,) = Mensaje.objects.all()
    assert (mensaje.para, mensaje.asunto) == (
        zonal1.email,
        "Listo: Fichas de los GAD de la Zona 1",
    )
    assert f"http://pruebas/pdot/en-bloque/{trabajo.pk}/" in mensaje.texto


def test_correrlo_otra_vez_no_hace_nada(zonal1, compuestos):
    trabajo = correr(pedir_de(zonal1))
    archivo = trabajo.archivo.name
    assert correr(trabajo).archivo.name == archivo
    assert (compuestos.total(), Mensaje.objects.count(), len(zips())) == (5, 1, 1)


def test_lo_que_no_cambio_sale_con_el_mismo_numero(zonal1, compuestos):
    correr(pedir_de(zonal1))
    correr(pedir_de(zonal1))
    assert (compuestos.total(), DocumentoEmitido.objects.count()) == (5, 5)


@pytest.mark.django_db(transaction=True)
def test_dos_a_la_vez_se_reparten_y_no_repiten(zonal1, compuestos):
    trabajo = pedir_de(zonal1)
    assert a_la_vez(3, lambda n: correr(trabajo, quien=f"t{n}") and None) == [None] * 3
    trabajo.refresh_from_db()
    assert trabajo.estado == "listo"
    assert set(compuestos.values()) == {1} and compuestos.total() == 5
    assert (len(zips()), Mensaje.objects.count()) == (1, 1)
    assert trabajo.historia.filter(estado="listo").count() == 1


def test_al_pedirle_que_pare_no_empieza_otra_y_deja_su_turno(zonal1, compuestos):
    trabajo = pedir_de(zonal1)
    DBTaskResult.objects.all().delete()
    alto = Event()
    alto.set()
    correr(trabajo, alto=alto)
    assert (trabajo.estado, compuestos.total()) == ("en_marcha", 0)
    assert DBTaskResult.objects.ready().count() == 1


def test_un_documento_que_falla_no_detiene_a_los_demas_y_no_hay_zip(zonal1, compuestos):
    trabajo = pedir_de(zonal1)
    # De un GAD que ya no existe no hay ficha.
    trabajo.piezas.filter(clave="0803").update(clave="0899")
    correr(trabajo)
    assert trabajo.estado == "fallido"
    assert trabajo.motivo == "Sin hacer: 1 de 5 documentos."
    assert trabajo.piezas.exclude(error="").get().error == trabajos.NO_SE_PUDO
    assert (zips(), trabajo.archivo.name) == ([], "")
    trabajo.piezas.filter(clave="0899").update(clave="0803")
    trabajos.reanudar(trabajo, por=zonal1)
    assert correr(trabajo).estado == "listo"
    assert compuestos.total() == 5
    asuntos = Mensaje.objects.order_by("pk").values_list("asunto", flat=True)
    assert [asunto.split(":")[0] for asunto in asuntos] == ["Sin terminar", "Listo"]


def test_si_falta_pango_lo_dice_y_se_detiene(zonal1, monkeypatch):
    def sin_pango(html):
        raise SinPango

    monkeypatch.setattr("territorios.documentos.html_a_pdf", sin_pango)
    trabajo = correr(pedir_de(zonal1))
    assert (trabajo.estado, trabajo.piezas.por_hacer().count()) == ("fallido", 5)
    assert "apt-get install" in trabajo.motivo


@pytest.mark.parametrize(
    "cambio", [{"is_active": False}, {"zona_id": 4}, {"rol": "observador", "zona_id": 1}]
)
def test_si_quien_lo_pidio_ya_no_alcanza_no_se_hace(zonal1, compuestos, cambio):
    trabajo = pedir_de(zonal1)
    for campo, valor in cambio.items():
        setattr(zonal1, campo, valor)
    zonal1.save()
    correr(trabajo)
    assert (trabajo.estado, trabajo.motivo) == ("fallido", trabajos.SIN_CUENTA)
    assert compuestos.total() == 0


def test_el_que_mata_a_quien_lo_hace_se_deja_de_intentar(zonal1, compuestos):
    trabajo = pedir_de(zonal1)
    trabajo.piezas.filter(clave="0803").update(intentos=3)
    correr(trabajo)
    assert trabajo.piezas.exclude(error="").get().error == trabajos.MATA
    assert (trabajo.estado, compuestos.total()) == ("fallido", 4)


@pytest.mark.parametrize("danio", ["falta", "cambio"])
def test_un_archivo_que_no_es_el_emitido_no_se_entrega(zonal1, danio):
    trabajo = pedir_de(zonal1)
    con_documentos(trabajo)
    ruta = Path(trabajo.piezas.last().documento.archivo.path)
    if danio == "falta":
        ruta.unlink()
    else:
        ruta.write_bytes(b"otra cosa")
    correr(trabajo)
    assert (trabajo.estado, zips()) == ("fallido", [])
    assert "archivo guardado de «Ficha 5" in trabajo.motivo


# --- Cancelar y reanudar ------------------------------------------------------------------------


def test_cancelar_a_mitad_no_hace_mas_y_reanudar_sigue(zonal1, compuestos, monkeypatch):
    trabajo = pedir_de(zonal1)
    componer = trabajos.CLASES["fichas"].hacer

    def cancelar_en_la_segunda(trabajo, clave, por, avanzar):
        if clave == "0801":
            trabajos.cancelar(trabajo, por=zonal1)
        return componer(trabajo, clave, por, avanzar)

    clase = trabajos.Clase("fichas", "Fichas", cancelar_en_la_segunda)
    monkeypatch.setitem(trabajos.CLASES, "fichas", clase)
    correr(trabajo)
    # La que estaba en curso se termina: su número ya se había dado.
    assert (trabajo.estado, compuestos.total(), zips()) == ("cancelado", 2, [])
    assert Mensaje.objects.count() == 0
    with pytest.raises(trabajos.NoProcede):
        trabajos.cancelar(trabajo, por=zonal1)
    trabajos.reanudar(trabajo, por=zonal1)
    assert correr(trabajo).estado == "listo"
    assert (set(compuestos.values()), compuestos.total()) == ({1}, 5)


def test_cancelado_mientras_se_arma_el_zip_no_se_publica(zonal1, monkeypatch):
    trabajo = pedir_de(zonal1)
    con_documentos(trabajo)
    armar = trabajos.empaque.armar

    def armar_y_cancelar(*args):
        paquete = armar(*args)
        trabajos.cancelar(trabajo, por=zonal1)
        return paquete

    monkeypatch.setattr("territorios.empaque.armar", armar_y_cancelar)
    assert correr(trabajo).estado == "cancelado"
    assert zips() == []


def test_sin_disco_para_el_zip_lo_dice_y_se_puede_reanudar(zonal1, monkeypatch):
    trabajo = pedir_de(zonal1)
    con_documentos(trabajo)
    with monkeypatch.context() as sin_disco:
        sin_disco.setattr("os.fsync", lleno)
        correr(trabajo)
    assert (trabajo.estado, trabajo.motivo) == ("fallido", trabajos.SIN_DISCO)
    assert zips() == []
    trabajos.reanudar(trabajo, por=zonal1)
    assert (correr(trabajo).estado, len(zips())) == ("listo", 1)


def lleno(descriptor):
    raise OSError(ENOSPC, "No queda espacio")


def test_no_se_reanuda_lo_que_no_se_detuvo_ni_si_hay_otro_igual(zonal1):
    trabajo = pedir_de(zonal1)
    with pytest.raises(trabajos.NoProcede, match="está en cola"):
        trabajos.reanudar(trabajo, por=zonal1)
    trabajos.cancelar(trabajo, por=zonal1)
    pedir_de(zonal1)
    with pytest.raises(trabajos.NoProcede, match="otro igual"):
        trabajos.reanudar(trabajo, por=zonal1)


# --- Lo que el tiempo cambia --------------------------------------------------------------------


def test_lo_que_dejo_de_latir_vuelve_a_la_cola_una_sola_vez(zonal1, compuestos):
    trabajo = pedir_de(zonal1)
    DBTaskResult.objects.update(status="RUNNING")
    trabajos._empezar(trabajo.pk)
    trabajos._reservar(trabajo, "el que muere")
    trabajos.barrer()
    assert DBTaskResult.objects.ready().count() == 0
    envejecer()
    trabajos.barrer()
    trabajos.barrer()
    assert DBTaskResult.objects.ready().count() == 5
    assert DBTaskResult.objects.running().count() == 0
    assert correr(trabajo).estado == "listo"


def test_si_su_turno_espera_no_se_le_da_otro(zonal1):
    pedir_de(zonal1)
    envejecer()
    trabajos.barrer()
    assert DBTaskResult.objects.count() == len(ZONA_1)


def test_lo_que_otro_tiene_vivo_no_se_toca(zonal1, compuestos):
    trabajo = pedir_de(zonal1)
    trabajos._empezar(trabajo.pk)
    suya = trabajos._reservar(trabajo, "otro")
    correr(trabajo)
    assert (trabajo.estado, compuestos.total()) == ("en_marcha", 4)
    assert trabajo.piezas.por_hacer().get() == suya
    trabajos.soltar("otro")
    assert correr(trabajo).estado == "listo"


def test_el_zip_vencido_se_borra_y_los_documentos_quedan(
    zonal1, django_capture_on_commit_callbacks
):
    trabajo = listo_de(zonal1)
    trabajos.barrer()
    assert len(zips()) == 1
    Trabajo.objects.update(vence=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        trabajos.barrer()
    assert zips() == []
    trabajo.refresh_from_db()
    assert (trabajo.estado, trabajo.archivo.name, trabajo.vencio) == ("listo", "", True)
    assert trabajo.historia.first().history_change_reason == "Venció: se guarda 15 días"
    assert DocumentoEmitido.objects.emitidos().count() == 5
