"""Axe sin violaciones en cada página principal, en pantalla ancha y en teléfono."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db.models import CharField, Value
from django.db.models.functions import Concat
from django.urls import reverse

from acompanamiento.models import Grupo, LineaProgramatica
from pdot.models import Evaluacion
from talleres.models import (
    Aporte,
    Certificado,
    CumuloAportes,
    Encuentro,
    InsumoEncuentro,
    Participante,
    PreguntaEncuentro,
)
from territorios.models import Gad, Territorio, Usuario
from tests.axe import abrir_sesion, anchas, violaciones
from tests.fabricas import AporteFactory
from tests.fabricas_puerta import CertificadoFactory, PuertaFactory
from tests.fabricas_registro import TextoConsentimientoFactory
from tests.imagenes import PDF
from tests.talleres.evidencias import evidencia_de

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]


def paginas_de_la_preparacion():
    """El taller de Pedernales como si estuviera por hacerse, con insumos y preguntas."""
    taller = Encuentro.objects.get(clave="EVT-0828-1")
    Encuentro.objects.filter(pk=taller.pk).update(estado="planificado")
    InsumoEncuentro.objects.get_or_create(encuentro=taller, orden=1, texto="PDOT vigente")
    PreguntaEncuentro.objects.get_or_create(encuentro=taller, orden=1, texto="¿Son concretos?")
    nombres = ("usar_plantilla", "editar_agenda", "insumos", "editar_insumos", "traslados")
    return [reverse(f"talleres:{nombre}", args=[taller.pk]) for nombre in nombres]


def paginas_del_registro(taller):
    """Con dos personas que se parecen: se ve el aviso."""
    textos = {"consentimiento": "Acepto.", "consentimiento_fecha": taller.fecha}
    for nombre in ("Ana Mero Vélez", "MERO ANA"):
        persona, _ = Participante.objects.get_or_create(
            encuentro=taller,
            nombre=nombre,
            defaults={"nivel": "otro", "sexo": "mujer", "via": "papel", **textos},
        )
    return [
        reverse("talleres:registro", args=[taller.pk]),
        reverse("talleres:planilla", args=[taller.pk]),
        reverse("talleres:corregir_participante", args=[persona.pk]),
    ]


def paginas_de_las_evidencias(taller):
    """Las de un encuentro con una foto y un documento, su cierre y el resumen de la prefectura."""
    por = Usuario.objects.get(username="zonal1")
    foto = evidencia_de(taller, por=por, leyenda="Mesa 2, con su papelote")
    evidencia_de(taller, por=por, contenido=PDF, leyenda="Oficio de convocatoria")
    abierto = Encuentro.objects.get(clave="EVT-0828-1")
    codigo = taller.estrategia.codigo
    return [
        *(reverse(f"talleres:{n}", args=[taller.pk]) for n in ("evidencias", "subir_evidencias")),
        reverse("talleres:editar_memoria", args=[taller.pk]),
        foto.get_absolute_url(),
        reverse("talleres:describir_evidencia", args=[foto.pk]),
        reverse("talleres:retirar_evidencia", args=[foto.pk]),
        reverse("talleres:cerrar_encuentro", args=[abierto.pk]),
        reverse("pdot:resumen_prefectura", args=[codigo, "08"]),
    ]


def paginas_de_aportes(taller):
    """El tablero del taller con una tarjeta agrupada, la tarjeta y cómo se promueve y se agrupa."""
    cumulo, _ = CumuloAportes.objects.get_or_create(encuentro=taller, titulo="Turismo")
    tarjeta = Aporte.objects.filter(encuentro=taller).first() or AporteFactory(
        encuentro=taller, estrategia=taller.estrategia, cumulo=cumulo
    )
    return [
        reverse("talleres:aportes", args=[taller.pk]),
        reverse("talleres:agrupar_aportes", args=[taller.pk]),
        tarjeta.get_absolute_url(),
        reverse("pdot:promover", args=[tarjeta.pk, "necesidad"]),
    ]


def paginas_de_zonal():
    taller = Encuentro.objects.get(tipo="M3", grupos__numero=1, jornada="manana")
    codigo, linea = taller.estrategia.codigo, LineaProgramatica.objects.get()
    propuesto = Grupo.objects.get(numero=10)
    return [
        reverse("inicio"),
        reverse("territorios:inicio"),
        reverse("territorios:zona", args=[4]),
        reverse("territorios:gads"),
        reverse("acompanamiento:inicio"),
        reverse("acompanamiento:estrategia", args=[taller.estrategia.codigo]),
        reverse("talleres:inicio"),
        reverse("talleres:mes", args=[codigo, "2019-08"]),
        reverse("talleres:lista", args=[codigo]),
        reverse("talleres:suscripciones"),
        reverse("talleres:crear_encuentro"),
        reverse("talleres:choques", args=[codigo]),
        reverse("talleres:editar_encuentro", args=[taller.pk]),
        reverse("pdot:inicio"),
        reverse("pdot:gad", args=["0807"]),
        reverse("pdot:cobertura"),
        Grupo.objects.get(numero=1).get_absolute_url(),
        taller.get_absolute_url(),
        Evaluacion.objects.get(pdot__gad="0807").get_absolute_url(),
        reverse("pdot:buscar") + "?q=esmeraldas",
        reverse("account_change_password"),
        reverse("territorios:espacios"),
        reverse("territorios:contactos"),
        reverse("acompanamiento:acuerdos"),
        reverse("acompanamiento:crear_acuerdo", args=[Grupo.objects.get(numero=1).pk]),
        reverse("acompanamiento:hoja_de_ruta", args=[Grupo.objects.get(numero=1).pk]),
        reverse("acompanamiento:editar_hoja_de_ruta", args=[Grupo.objects.get(numero=1).pk]),
        reverse("acompanamiento:lineas", args=[codigo]),
        reverse("acompanamiento:lineas_de_provincia", args=[codigo, "08"]),
        reverse("acompanamiento:crear_linea", args=[codigo, "08"]),
        linea.get_absolute_url(),
        reverse("acompanamiento:adoptar_linea", args=[linea.pk]),
        reverse("acompanamiento:pronunciarse", args=[linea.pk, "0801"]),
        reverse("talleres:anotar_acuerdo", args=[taller.pk]),
        *paginas_de_la_preparacion(),
        *paginas_de_las_evidencias(taller),
        *paginas_del_registro(taller),
        *paginas_de_aportes(taller),
        propuesto.get_absolute_url(),
        reverse("acompanamiento:nuevo_grupo", args=[codigo]) + "?cantones=0807&cantones=0803",
        reverse("acompanamiento:proponer", args=[codigo]) + "?donde=zona-1&repartir=on&g=0805-0802",
        reverse("pdot:editar_grupo", args=[propuesto.pk]),
        reverse("pdot:estado_de_grupo", args=[propuesto.pk]),
        reverse("pdot:mover_miembros", args=[propuesto.pk]) + "?gads=0805",
        reverse("talleres:proponer", args=[codigo]),
        _cronograma_propuesto(codigo),
    ]


def paginas_de_la_puerta():
    """El taller de Pedernales, realizado, con la puerta abierta y un certificado emitido."""
    taller = Encuentro.objects.get(clave="EVT-0828-1")
    TextoConsentimientoFactory()
    PuertaFactory(encuentro=taller)
    de_pedernales = {"participante__gad": Gad.objects.get(pk="1317")}
    certificado = CertificadoFactory(
        encuentro=taller, emitido_por=Usuario.objects.get(username="central"), **de_pedernales
    )
    return [
        *(reverse(f"talleres:{n}", args=[taller.pk]) for n in ("puerta", "cartel", "certificados")),
        reverse("talleres:revocar_certificado", args=[certificado.pk]),
    ]


def _cronograma_propuesto(estrategia):
    grupo = Grupo.objects.get(numero=1).pk
    secuencia = "v=M1-08.201908191100&v=M2-0806.201908200800"
    proponer = reverse("talleres:proponer", args=[estrategia])
    return f"{proponer}?grupos={grupo}&repetir=on&{secuencia}"


@pytest.mark.parametrize("ancho", [1280, 360])
def test_las_paginas_del_zonal(live_server, page, client, piloto, ancho):
    page.set_viewport_size({"width": ancho, "height": 900})
    sin_sesion = [reverse(n) for n in ("account_login", "account_reset_password", "sin_conexion")]
    assert violaciones(page, live_server, sin_sesion) == {}
    abrir_sesion(page, live_server, client, "zonal1")
    rutas = paginas_de_zonal()
    assert violaciones(page, live_server, rutas) == {}
    assert len(rutas) == 62


def test_el_formulario_de_la_planificadora_en_un_telefono(live_server, page, client, piloto):
    page.set_viewport_size({"width": 360, "height": 740})
    abrir_sesion(page, live_server, client, "gad0807")
    page.goto(live_server.url + reverse("pdot:nueva"))
    page.get_by_role("button", name="Empezar").click()
    abierta = Evaluacion.objects.get(numero=2, pdot__gad="0807")
    secciones = ("interna", "externa", "vision")
    rutas = [reverse("pdot:seccion", args=[abierta.pk, codigo]) for codigo in secciones]
    rutas.append(abierta.get_absolute_url())
    assert violaciones(page, live_server, rutas) == {}


def test_ninguna_pagina_se_sale_de_la_pantalla_a_320(live_server, page, client, piloto):
    page.set_viewport_size({"width": 320, "height": 700})
    abrir_sesion(page, live_server, client, "zonal1")
    rutas = paginas_de_zonal()
    assert anchas(page, live_server, rutas) == {}
    larga = "Murunumbucamanta" * 3
    Grupo.objects.update(nombre=Concat(Value(larga), "numero", output_field=CharField()))
    Encuentro.objects.update(tema=larga, lugar=larga)
    Territorio.objects.filter(codigo__startswith="08").update(nombre=larga)
    assert anchas(page, live_server, rutas) == {}


def test_la_revision_de_la_zona(live_server, page, client, piloto):
    Evaluacion.objects.filter(pdot__gad="0807").update(estado="enviada")
    enviada = Evaluacion.objects.get(pdot__gad="0807")
    abrir_sesion(page, live_server, client, "zonal1")
    assert violaciones(page, live_server, [reverse("pdot:revisar", args=[enviada.pk])]) == {}


def test_la_puerta_y_los_certificados(live_server, page, client, piloto):
    """La zona, en su portátil; quien llega, en un teléfono angosto y sin cuenta."""
    rutas = paginas_de_la_puerta()
    puerta = PuertaFactory()
    publicas = [
        reverse("publico:registro", args=[puerta.clave]),
        reverse("publico:gracias", args=[puerta.clave]),
        reverse("publico:comprobar"),
        reverse("publico:certificado", args=[Certificado.objects.get().codigo]),
    ]
    page.set_viewport_size({"width": 320, "height": 700})
    assert violaciones(page, live_server, publicas) == {}
    page.goto(live_server.url + publicas[0])
    page.get_by_role("button", name="Registrarme").click()
    assert Axe().run(page).response["violations"] == []
    assert anchas(page, live_server, publicas) == {}
    abrir_sesion(page, live_server, client, "zonal4")
    assert anchas(page, live_server, rutas) == {}
    page.set_viewport_size({"width": 1280, "height": 900})
    assert violaciones(page, live_server, rutas) == {}


def test_lo_propio_de_la_central(live_server, page, client, piloto):
    abrir_sesion(page, live_server, client, "central")
    rutas = [reverse("territorios:importar"), reverse("mfa_index"), reverse("inicio")]
    assert violaciones(page, live_server, rutas) == {}
