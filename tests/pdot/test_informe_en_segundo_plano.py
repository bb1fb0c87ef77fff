"""Emitir un informe o sacar su borrador es un trabajo: se pide, se mira y se baja entero."""

from datetime import timedelta
from errno import ENOSPC
from hashlib import sha256
from pathlib import Path
from threading import Event

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from pdot.informe.orden import ORDEN
from pdot.trabajo_informe import BORRADOR, EMITIDO, YA_NO, hacer_borrador
from territorios import documentos, trabajos
from territorios.avance_de_trabajo import Avance
from territorios.documentos import ESCRIBIR, PAGINAS, SinPango, mirando_las_paginas
from territorios.models import Aviso, DocumentoEmitido, Mensaje, Trabajo
from tests.carreras import a_la_vez
from tests.conftest import entrar
from tests.fabricas_informe import borrador_listo, componer, pedir_de
from tests.lectura_html import Pagina

pytestmark = pytest.mark.django_db
HACE_RATO = timedelta(minutes=10)


@pytest.fixture
def compuestos(monkeypatch):
    """Sin componer: el PDF es su HTML. Da los que se compusieron."""
    hechos = []

    def componer(html):
        hechos.append(html)
        return html.encode()

    monkeypatch.setattr("territorios.documentos.html_a_pdf", componer)
    return hechos


@pytest.fixture
def informe(informes):
    return informes["informe grupo1"]


def ruta(que, informe):
    return reverse(f"pdot:{que}", args=[informe.estrategia.codigo, informe.clave])


def archivo(trabajo):
    return reverse("pdot:archivo_de_trabajo", args=[trabajo.pk])


def correr(trabajo, **mas):
    trabajos.correr(trabajo.pk, quien="uno", **mas)
    trabajo.refresh_from_db()
    return trabajo


def ver(client, cosa):
    return client.get(cosa.get_absolute_url()).content.decode()


# --- Pedir --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("que", "clase", "titulo"),
    [
        ("emitir_informe", EMITIDO, "Informe de la estrategia: "),
        ("borrador_de_informe", BORRADOR, "Borrador del informe de la estrategia: "),
    ],
)
def test_pedirlo_lleva_a_su_pagina_sin_componer_nada(
    client, zonal1, informe, compuestos, que, clase, titulo
):
    respuesta = entrar(client, zonal1).post(ruta(que, informe))
    trabajo = Trabajo.objects.get()
    assert (respuesta.status_code, respuesta.url) == (303, trabajo.get_absolute_url())
    assert (trabajo.clase, trabajo.sitio, compuestos) == (clase, "http://testserver", [])
    assert trabajo.titulo.startswith(titulo)
    assert trabajo.piezas.get().clave == informe.clave


def test_un_doble_clic_es_el_mismo_trabajo(client, zonal1, informe):
    entrar(client, zonal1)
    primera = client.post(ruta("emitir_informe", informe))
    segunda = client.post(ruta("emitir_informe", informe), follow=True)
    assert segunda.redirect_chain == [(primera.url, 303)]
    assert "ya estaba en camino" in segunda.content.decode()
    # El borrador es otro pedido: no espera a que se emita.
    assert client.post(ruta("borrador_de_informe", informe)).url != primera.url
    assert Trabajo.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_dos_clics_a_la_vez_son_el_mismo_trabajo(zonal1, informe):
    assert len(set(a_la_vez(4, lambda n: pedir_de(informe, zonal1).pk))) == 1
    assert Trabajo.objects.count() == 1


def test_un_titulo_que_no_cabe_se_corta(zonal1, informe):
    informe.estrategia.nombre = ("Estrategia " * 14).strip()
    informe.estrategia.save()
    trabajo = pedir_de(informe, zonal1, BORRADOR)
    assert len(trabajo.titulo) == 200 and trabajo.titulo.endswith("…")


# --- Hacer --------------------------------------------------------------------------------------


def test_emitido_queda_con_su_numero_y_se_baja_de_donde_todos(client, zonal1, informe, compuestos):
    trabajo, contenido = componer(informe, zonal1)
    documento = DocumentoEmitido.objects.get()
    assert (trabajo.documento, trabajo.archivo.name, trabajo.vence) == (documento, "", None)
    assert trabajo.sha256 == documento.sha256 == sha256(contenido).hexdigest()
    assert documento.numero_legible in contenido.decode()
    pagina = entrar(client, zonal1).get(trabajo.get_absolute_url()).content.decode()
    suyo = reverse("territorios:documento_pdf", args=[documento.pk])
    assert suyo in Pagina(pagina).enlaces and f"n.º {documento.numero_legible}" in pagina
    assert client.get(archivo(trabajo)).url == suyo
    assert suyo in Pagina(ver(client, informe)).enlaces


def test_el_borrador_es_un_archivo_que_vence(client, zonal1, informe, compuestos):
    trabajo, contenido = componer(informe, zonal1, BORRADOR)
    respuesta = entrar(client, zonal1).get(archivo(trabajo))
    assert respuesta.getvalue() == contenido
    assert respuesta["Content-Type"] == "application/pdf"
    assert respuesta["Content-Disposition"].startswith('attachment; filename="borrador-del-informe')
    assert trabajo.sha256 == sha256(contenido).hexdigest()
    assert trabajo.vence == trabajo.terminado + settings.RETENCION_DE_TRABAJOS
    assert archivo(trabajo) in Pagina(ver(client, trabajo)).enlaces
    assert archivo(trabajo) in Pagina(ver(client, informe)).enlaces


def test_sin_cambios_es_el_mismo_y_no_se_compone_otra_vez(client, zonal1, informe, compuestos):
    primero, _ = componer(informe, zonal1)
    segundo, _ = componer(informe, zonal1)
    assert (segundo.documento, len(compuestos)) == (primero.documento, 1)
    entrar(client, zonal1)
    assert "Se emitió con el n.º" in ver(client, primero)
    assert "Nada cambió desde que se emitió" in ver(client, segundo)


def test_dice_por_que_seccion_y_por_que_pagina_va(zonal1, informe):
    """Con un PDF de verdad: si WeasyPrint cambia cómo lo dice, aquí se nota."""
    dicho = []

    def avanzar(fase, paso=0, pasos=0):
        dicho.append((fase, paso, pasos))

    avanzar.de_paginas = lambda: mirando_las_paginas(avanzar)
    hacer_borrador(pedir_de(informe, zonal1, BORRADOR), informe.clave, zonal1, avanzar)
    total = len(ORDEN) - len(informe.secciones_apagadas)
    assert dicho[:total] == [("secciones", n, total) for n in range(1, total + 1)]
    paginas = [paso for fase, paso, _ in dicho if fase == PAGINAS and paso]
    assert set(range(1, max(paginas) + 1)) == set(paginas) and len(paginas) > 3
    assert {fase for fase, *_ in dicho[total:]} == {PAGINAS, ESCRIBIR}
    assert dicho[-1][0] == ESCRIBIR


def test_el_avance_da_senas_y_no_escribe_en_cada_pagina(zonal1, informe):
    trabajo = pedir_de(informe, zonal1)
    trabajos._empezar(trabajo.pk)
    avanzar = Avance(trabajo, trabajos._reservar(trabajo, "uno"))
    Trabajo.objects.update(latido=timezone.now() - HACE_RATO)
    trabajo.piezas.update(reservada=timezone.now() - HACE_RATO)
    with CaptureQueriesContext(connection) as consultas:
        for pagina in range(1, 300):
            avanzar(PAGINAS, pagina)
    assert len(consultas) <= 6
    trabajo.refresh_from_db()
    assert not trabajo.sin_senas and trabajo.fase == PAGINAS
    assert not trabajo.piezas.libres(timezone.now()).exists()


# --- Mirar --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fase", "paso", "pasos", "dice", "avance"),
    [
        ("secciones", 1, 14, "1 de 14", 0),
        ("secciones", 8, 14, "8 de 14", 50),
        (PAGINAS, 37, 0, "página 37", 100),
        (PAGINAS, 0, 0, "en curso", 100),
        (ESCRIBIR, 0, 0, "en curso", 200),
    ],
)
def test_la_pagina_dice_por_donde_va(client, zonal1, informe, fase, paso, pasos, dice, avance):
    trabajo = pedir_de(informe, zonal1)
    trabajos._empezar(trabajo.pk)
    Trabajo.objects.update(fase=fase, paso=paso, pasos=pasos)
    texto = entrar(client, zonal1).get(trabajo.get_absolute_url()).content.decode()
    assert f'<span class="cifra">{dice}</span>' in texto
    assert f'max="300" value="{avance}"' in texto and texto.count('aria-current="step"') == 1
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in texto


def test_si_no_hay_trabajador_se_dice(client, zonal1, zonal4, informe, informes):
    trabajo = pedir_de(informe, zonal1)
    entrar(client, zonal1)
    assert "Empieza en unos segundos." in ver(client, trabajo)
    antes = timezone.now() - timedelta(minutes=1)
    Trabajo.objects.update(latido=antes)
    texto = ver(client, trabajo)
    assert "El trabajador de la plataforma no está corriendo" in texto
    assert "Empieza en unos segundos." not in texto
    # Si está ocupado, está: con una tarea que no da señas, o con otro trabajo.
    otra_tarea = {"status": "RUNNING", "started_at": antes - timedelta(minutes=5)}
    DBTaskResult.objects.update(**otra_tarea)
    assert "no está corriendo" not in ver(client, trabajo)
    DBTaskResult.objects.update(status="READY")
    assert "no está corriendo" in ver(client, trabajo)
    otro = pedir_de(informes["informe grupo2"], zonal4)
    Trabajo.objects.filter(pk=otro.pk).update(creado=antes - HACE_RATO)
    trabajos._empezar(otro.pk)
    texto = ver(client, trabajo)
    assert "no está corriendo" not in texto and "hay 1 pedido antes" in texto


def test_el_que_quedo_a_medias_y_nadie_barre_tambien(client, zonal1, informe):
    trabajo = pedir_de(informe, zonal1)
    trabajos._empezar(trabajo.pk)
    Trabajo.objects.update(latido=timezone.now() - timedelta(minutes=3))
    entrar(client, zonal1)
    assert "Se reanuda solo en unos minutos" in ver(client, trabajo)
    Trabajo.objects.update(latido=timezone.now() - HACE_RATO)
    texto = ver(client, trabajo)
    assert "no está corriendo" in texto and "Se reanuda solo" not in texto


def test_la_pagina_del_informe_dice_que_hay_en_camino_y_lo_ultimo(
    client, zonal1, central, informe, compuestos
):
    entrar(client, zonal1)
    emitido, _ = componer(informe, zonal1)
    viejo = borrador_listo(informe, zonal1)
    nuevo = borrador_listo(informe, zonal1)
    vivo = pedir_de(informe, central)
    texto = ver(client, informe)
    enlaces = Pagina(texto).enlaces
    assert "Último borrador" in texto and archivo(nuevo) in enlaces
    assert archivo(viejo) not in enlaces
    assert f"N.º {emitido.documento.numero_legible}" in texto
    # Lo que pide la central no se ve desde la zona; lo de la zona, desde la central, sí.
    assert vivo.get_absolute_url() not in enlaces
    texto = ver(entrar(client, central), informe)
    assert vivo.get_absolute_url() in Pagina(texto).enlaces and "Emisión en camino" in texto


def test_la_pagina_del_informe_cuesta_lo_mismo_con_uno_que_con_varios(client, zonal1, informe):
    entrar(client, zonal1)
    borrador_listo(informe, zonal1)
    ver(client, informe)
    with CaptureQueriesContext(connection) as con_uno:
        ver(client, informe)
    for _ in range(3):
        borrador_listo(informe, zonal1)
    pedir_de(informe, zonal1)
    with CaptureQueriesContext(connection) as con_cinco:
        ver(client, informe)
    assert len(con_cinco) == len(con_uno) <= 8


# --- Cancelar, parar y reanudar -----------------------------------------------------------------


def componer_hasta(monkeypatch, que):
    """Quien compone llama `que()` a media composición y sigue, como WeasyPrint, con otra página."""

    def a_medias(html):
        documentos.DIARIO.info("Step 5 - Creating layout - Page %d", 1)
        que()
        documentos.DIARIO.info("Step 6 - Creating PDF")
        return html.encode()

    monkeypatch.setattr("territorios.documentos.html_a_pdf", a_medias)


@pytest.mark.parametrize("clase", [EMITIDO, BORRADOR])
def test_cancelado_a_media_composicion_se_detiene_y_se_reanuda(zonal1, informe, monkeypatch, clase):
    trabajo = pedir_de(informe, zonal1, clase)
    with monkeypatch.context() as a_medias:
        componer_hasta(a_medias, lambda: trabajos.cancelar(trabajo, por=zonal1))
        correr(trabajo)
    assert (trabajo.estado, trabajo.archivo.name) == ("cancelado", "")
    assert not DocumentoEmitido.objects.emitidos().exists()
    assert Aviso.objects.count() == 0
    trabajos.reanudar(trabajo, por=zonal1)
    componer_hasta(monkeypatch, lambda: None)
    assert correr(trabajo).estado == "listo"
    # El número que se había reservado no se pierde.
    assert [uno.numero for uno in DocumentoEmitido.objects.all()] == [1][: clase == EMITIDO]


def test_si_el_servidor_termina_a_media_composicion_otro_sigue(zonal1, informe, monkeypatch):
    trabajo, alto = pedir_de(informe, zonal1), Event()
    DBTaskResult.objects.all().delete()
    componer_hasta(monkeypatch, alto.set)
    correr(trabajo, alto=alto)
    pieza = trabajo.piezas.get()
    assert (trabajo.estado, pieza.reservada, pieza.intentos) == ("en_marcha", None, 0)
    assert DBTaskResult.objects.ready().count() == 1
    assert correr(trabajo).estado == "listo"


def test_cancelado_cuando_ya_se_escribia_no_se_publica(zonal1, informe, compuestos, monkeypatch):
    trabajo = pedir_de(informe, zonal1, BORRADOR)
    suelto = trabajos.empaque.suelto

    def cancelar_y_escribir(contenido):
        trabajos.cancelar(trabajo, por=zonal1)
        return suelto(contenido)

    monkeypatch.setattr("territorios.empaque.suelto", cancelar_y_escribir)
    assert correr(trabajo).estado == "cancelado"
    assert list((Path(settings.ARCHIVOS_PRIVADOS) / "trabajos").glob("*")) == []


# --- Lo que falla -------------------------------------------------------------------------------


def lanza(error):
    def lanzar(html):
        raise error

    return lanzar


@pytest.mark.parametrize(
    ("error", "dice"),
    [
        (SinPango(), "Falta Pango, que compone los PDF."),
        (ValueError("x"), trabajos.NO_SE_PUDO),
        (MemoryError(), trabajos.SIN_MEMORIA),
    ],
)
def test_lo_que_falla_se_dice_en_espaniol(client, zonal1, informe, monkeypatch, error, dice):
    monkeypatch.setattr("territorios.documentos.html_a_pdf", lanza(error))
    trabajo = correr(pedir_de(informe, zonal1))
    assert trabajo.estado == "fallido" and trabajo.motivo.startswith(dice)
    entrar(client, zonal1)
    assert dice in ver(client, trabajo)
    assert dice in ver(client, informe)
    assert client.get(archivo(trabajo)).status_code == 409
    assert Aviso.objects.get().texto.startswith("Sin terminar: Informe de la estrategia")


def test_si_falta_el_archivo_del_emitido_no_se_hace_otro(zonal1, informe, compuestos):
    primero, _ = componer(informe, zonal1)
    Path(primero.documento.archivo.path).unlink()
    trabajo = correr(pedir_de(informe, zonal1))
    assert trabajo.estado == "fallido" and "falta o no es el que se emitió" in trabajo.motivo
    assert DocumentoEmitido.objects.count() == 1


def test_sin_disco_lo_dice_y_no_deja_un_archivo_a_medias(zonal1, informe, compuestos, monkeypatch):
    trabajo = pedir_de(informe, zonal1, BORRADOR)
    monkeypatch.setattr("os.fsync", lleno)
    assert correr(trabajo).motivo == trabajos.SIN_DISCO
    assert list((Path(settings.ARCHIVOS_PRIVADOS) / "trabajos").glob("*")) == []


def lleno(descriptor):
    raise OSError(ENOSPC, "No queda espacio")


def quitar_de_la_zona_4(grupo):
    grupo.membresias.filter(gad__territorio__zona=4).delete()
    grupo.zona_id = 1
    grupo.save()


def test_si_el_informe_dejo_de_tocarle_no_se_compone(zonal4, informes, compuestos):
    """Las cuentas de las zonas 1 y 4 comparten el grupo 2."""
    trabajo = pedir_de(informes["informe grupo2"], zonal4)
    quitar_de_la_zona_4(informes["informe grupo2"].grupo)
    correr(trabajo)
    assert (trabajo.estado, trabajo.motivo, compuestos) == ("fallido", YA_NO, [])


# --- Quién se lo lleva --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quien", "codigo"),
    [("zonal1", 200), ("central", 200), ("zonal4", 404), ("observador", 403), ("plan_chone", 403)],
)
def test_lo_baja_quien_puede_ver_ese_informe(client, elenco, zonal1, informe, quien, codigo):
    trabajo = borrador_listo(informe, zonal1)
    entrar(client, elenco[quien])
    assert client.get(archivo(trabajo)).status_code == codigo
    assert client.get(trabajo.get_absolute_url()).status_code == codigo


def test_si_el_grupo_dejo_de_ser_suyo_ya_no_lo_baja(client, zonal4, central, informes):
    trabajo = borrador_listo(informes["informe grupo2"], zonal4)
    quitar_de_la_zona_4(informes["informe grupo2"].grupo)
    assert entrar(client, zonal4).get(archivo(trabajo)).status_code == 404
    assert archivo(trabajo) not in Pagina(ver(client, trabajo)).enlaces
    assert entrar(client, central).get(archivo(trabajo)).status_code == 200


@pytest.mark.parametrize("clase", [EMITIDO, BORRADOR])
def test_a_medias_no_se_baja_nada(client, zonal1, informe, monkeypatch, clase):
    trabajo = pedir_de(informe, zonal1, clase)
    entrar(client, zonal1)
    vistos = []
    componer_hasta(monkeypatch, lambda: vistos.append(client.get(archivo(trabajo)).status_code))
    assert (correr(trabajo).estado, vistos) == ("listo", [409])


# --- Avisar y vencer ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clase", "dice"),
    [(EMITIDO, "Queda emitido, con su número"), (BORRADOR, "no está emitido")],
)
def test_al_terminar_se_avisa_una_vez(zonal1, informe, compuestos, clase, dice):
    trabajo, _ = componer(informe, zonal1, clase)
    correr(trabajo)
    (mensaje,), (aviso,) = Mensaje.objects.all(), Aviso.objects.all()
    assert mensaje.para == zonal1.email and dice in mensaje.texto
    assert f"http://pruebas{trabajo.get_absolute_url()}" in mensaje.texto
    assert (aviso.clase, aviso.destinatario) == ("trabajo", zonal1)


def test_el_borrador_vencido_se_borra_y_el_emitido_no(
    client, zonal1, informe, compuestos, django_capture_on_commit_callbacks
):
    emitido, _ = componer(informe, zonal1)
    borrador, _ = componer(informe, zonal1, BORRADOR)
    Trabajo.objects.filter(pk=borrador.pk).update(vence=timezone.now())
    entrar(client, zonal1)
    assert client.get(archivo(borrador)).status_code == 410
    assert "Último borrador" not in ver(client, informe)
    with django_capture_on_commit_callbacks(execute=True):
        trabajos.barrer()
    assert list((Path(settings.ARCHIVOS_PRIVADOS) / "trabajos").glob("*")) == []
    assert client.get(archivo(emitido), follow=True).status_code == 200
    assert (
        reverse("pdot:informe", args=[informe.estrategia.codigo, informe.clave])
        in Pagina(ver(client, borrador)).enlaces
    )
