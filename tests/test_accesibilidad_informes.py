"""Axe y el ancho de las páginas de informes y tableros."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from acompanamiento.models import Estrategia, Grupo
from pdot.models import Informe
from territorios.models import Trabajo, Usuario
from tests.axe import abrir_sesion, anchas, violaciones
from tests.fabricas import HitoFactory, HitoGrupoFactory
from tests.fabricas_avisos import AvisoFactory
from tests.fabricas_datos import llave_de
from tests.fabricas_documentos import emitido
from tests.fabricas_informe import borrador_listo
from tests.fabricas_informe import pedir_de as pedir_informe
from tests.fabricas_trabajos import listo_de, pedir_de

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]


def mirar(page, servidor, rutas):
    """Sin fallas de axe en un escritorio, y sin salirse de un teléfono de 320 píxeles."""
    page.set_viewport_size({"width": 1280, "height": 900})
    assert violaciones(page, servidor, rutas) == {}
    page.set_viewport_size({"width": 320, "height": 700})
    assert anchas(page, servidor, rutas) == {}


def paginas_del_informe():
    estrategia, grupo = Estrategia.objects.get(), Grupo.objects.get(numero=1)
    codigo, de = estrategia.codigo, f"grupo-{grupo.pk}"
    return [
        reverse("pdot:informes", args=[codigo]),
        reverse("pdot:informe", args=[codigo, de]),
        reverse("pdot:editar_informe", args=[codigo, de]),
    ]


def test_las_paginas_de_la_zona(live_server, page, client, piloto):
    abrir_sesion(page, live_server, client, "zonal1")
    mirar(page, live_server, paginas_del_informe())


def test_el_inicio_y_los_avisos(live_server, page, client, piloto):
    persona = Usuario.objects.get(username="gad0807")
    AvisoFactory.create_batch(2, destinatario=persona)
    abrir_sesion(page, live_server, client, "gad0807")
    rutas = ("inicio", "avisos:lista", "avisos:preferencias", "talleres:por_hacer")
    mirar(page, live_server, [reverse(ruta) for ruta in rutas])


def paginas_del_avance():
    grupo = Grupo.objects.get(numero=1)
    HitoGrupoFactory(grupo=grupo, hito=HitoFactory(nombre="Diagnóstico"))
    call_command("contar_avance", "--desde", "2019-08-25", verbosity=0)
    return [
        reverse("pdot:avance"),
        reverse("pdot:avance_de_zona", args=[4]),
        reverse("pdot:avance_de_grupos"),
        reverse("pdot:tablero_de_grupo", args=[grupo.pk]),
        reverse("pdot:avance_de_gad", args=["0807"]),
        reverse("pdot:ritmo"),
        f"{reverse('pdot:cobertura')}?grupo={grupo.pk}",
    ]


def test_las_paginas_del_avance(live_server, page, client, piloto):
    abrir_sesion(page, live_server, client, "central")
    mirar(page, live_server, paginas_del_avance())


def test_el_avance_de_quien_es_de_un_gad(live_server, page, client, piloto):
    abrir_sesion(page, live_server, client, "gad0807")
    mirar(page, live_server, [reverse("pdot:avance")])


def paginas_de_documentos():
    suyo = emitido(Usuario.objects.get(username="zonal1"), "Ficha del GAD · Rioverde")
    return [
        reverse("territorios:documentos"),
        reverse("publico:comprobar_documento"),
        reverse("publico:documento", args=[suyo.codigo_legible]),
    ]


def test_las_paginas_de_documentos(live_server, page, client, piloto):
    abrir_sesion(page, live_server, client, "zonal1")
    mirar(page, live_server, paginas_de_documentos())


def test_los_datos_abiertos_y_la_api(live_server, page, client, piloto, publicacion):
    llave = llave_de(Usuario.objects.get(username="central"))
    abrir_sesion(page, live_server, client, "central")
    rutas = [reverse(ruta) for ruta in ("datos:inicio", "api:referencia", "api:llaves")]
    mirar(page, live_server, [*rutas, reverse("api:revocar_llave", args=[llave.pk])])


def paginas_en_bloque():
    """Uno listo y uno en cola, pedidos por la zona 4, y lo mismo de un informe suyo."""
    zonal = Usuario.objects.get(username="zonal4")
    listo = listo_de(zonal, zona=4, nivel="provinciales")
    en_cola = pedir_de(zonal, zona=4, nivel="municipales")
    informe = Informe(estrategia=Estrategia.objects.get(), zona_id=4)
    borrador, emision = borrador_listo(informe, zonal), pedir_informe(informe, zonal)
    return [
        reverse("pdot:trabajos"),
        reverse("pdot:pedir_fichas"),
        *(reverse("pdot:trabajo", args=[uno.pk]) for uno in (listo, en_cola, borrador, emision)),
        *(reverse("pdot:cancelar_trabajo", args=[uno.pk]) for uno in (en_cola, emision)),
        informe.get_absolute_url(),
    ]


def test_las_paginas_de_lo_pedido_en_bloque(live_server, page, client, piloto):
    abrir_sesion(page, live_server, client, "zonal4")
    mirar(page, live_server, paginas_en_bloque())


def test_la_barra_se_pone_al_dia_sin_recargar(live_server, page, client, piloto):
    """Y al terminar ofrece el ZIP sin que nadie toque nada."""
    zonal = Usuario.objects.get(username="zonal4")
    trabajo = pedir_de(zonal, zona=4, nivel="provinciales")
    abrir_sesion(page, live_server, client, "zonal4")
    page.goto(live_server.url + trabajo.get_absolute_url())
    page.get_by_text("Empieza en unos segundos.").wait_for()
    Trabajo.objects.filter(pk=trabajo.pk).update(creado=trabajo.creado.replace(year=2020))
    otro = pedir_de(Usuario.objects.get(username="zonal1"), nivel="provinciales")
    Trabajo.objects.filter(pk=otro.pk).update(creado=trabajo.creado.replace(year=2019))
    page.get_by_text("hay 1 pedido antes").wait_for()
    listo_de(zonal, zona=4, nivel="provinciales")
    page.get_by_role("link", name="Descargar el ZIP").wait_for()
