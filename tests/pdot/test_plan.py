"""El plan de un GAD: quién lo lee y lo escribe, sus objetivos, su archivo y uno solo vigente."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from pdot.acciones_plan import poner_en_vigencia
from pdot.models import Evaluacion, Objetivo, Pdot
from territorios.versiones import Conflicto
from tests.carreras import a_la_vez
from tests.conftest import entrar
from tests.fabricas import PdotFactory
from tests.fabricas_plan import (
    PDF,
    ObjetivoFactory,
    ProgramaFactory,
    ProyectoFactory,
    formulario_de_plan,
    guardar_archivo,
)

APROBADO = {"instrumento_aprobacion": "Ordenanza 1", "aprobado_el": date(2024, 9, 1)}


@pytest.fixture
def plan(territorio):
    return PdotFactory(gad=territorio.gad["0807"], anio_desde=2024, anio_hasta=2027)


def ruta(nombre, plan):
    return reverse(f"pdot:{nombre}", args=[plan.pk])


def textos(plan):
    return list(plan.objetivos.values_list("orden", "texto", "sistema"))


# --- Leer y escribir ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quien", "edita"),
    [
        ("central", 200),
        ("zonal1", 200),
        ("plan_rioverde", 200),
        ("zonal4", 404),
        ("plan_esmeraldas", 404),
        ("observador", 403),
    ],
)
def test_lo_lee_quien_tiene_cuenta_y_lo_escribe_quien_lo_lleva(client, elenco, plan, quien, edita):
    entrar(client, elenco[quien])
    assert client.get(ruta("plan", plan)).status_code == 200
    assert client.get(ruta("editar_plan", plan)).status_code == edita
    assert client.post(ruta("editar_plan", plan), formulario_de_plan()).status_code in (302, edita)
    assert Pdot.historia.filter(id=plan.pk, history_type="~").exists() == (edita == 200)


def test_los_objetivos_conservan_su_fila_al_cambiar_de_lugar(client, plan_rioverde, plan):
    uno, dos, tres = (ObjetivoFactory(pdot=plan, orden=n) for n in (1, 2, 3))
    proyecto = ProyectoFactory(programa=ProgramaFactory(pdot=plan))
    proyecto.objetivos.add(dos)
    filas = [
        {"pk": uno.pk, "orden": 2, "texto": "Agua", "sistema": "asentamientos"},
        {"pk": dos.pk, "orden": 1, "texto": "Manglar", "sistema": ""},
        {"pk": tres.pk, "orden": 3, "texto": "", "quitar": "on"},
        {"pk": "", "orden": "", "texto": "Turismo", "sistema": "economico"},
        {"pk": "", "orden": "", "texto": "", "sistema": ""},
    ]
    respuesta = entrar(client, plan_rioverde).post(
        ruta("editar_plan", plan), formulario_de_plan(filas, vision="Un cantón con agua")
    )
    assert respuesta.status_code == 302
    assert textos(plan) == [
        (1, "Manglar", ""),
        (2, "Agua", "asentamientos"),
        (3, "Turismo", "economico"),
    ]
    assert list(proyecto.objetivos.values_list("texto", flat=True)) == ["Manglar"]
    plan.refresh_from_db()
    assert (plan.vision, plan.version) == ("Un cantón con agua", 2)
    assert Objetivo.historia.filter(id=uno.pk).latest().history_user == plan_rioverde


def test_dos_pestanas_la_segunda_no_pisa_y_ve_lo_suyo(client, plan_rioverde, plan):
    entrar(client, plan_rioverde)
    direccion = ruta("editar_plan", plan)
    assert client.post(direccion, formulario_de_plan(vision="La primera")).status_code == 302
    fila = {"pk": "", "orden": "", "texto": "Objetivo tardío"}
    segunda = client.post(direccion, formulario_de_plan([fila], vision="La segunda"))
    assert segunda.status_code == 409
    assert "La primera" in segunda.text
    assert "La segunda" in segunda.text
    assert "Objetivo tardío" in segunda.text
    plan.refresh_from_db()
    assert (plan.vision, textos(plan)) == ("La primera", [])


@pytest.mark.parametrize(
    ("datos", "mensaje"),
    [
        ({"anio_desde": 20024}, "Escriba un año entre 2000 y 2100"),
        ({"anio_desde": "mil"}, "Escriba un año entre 2000 y 2100"),
        ({"anio_hasta": 2020}, "no puede terminar antes de empezar"),
        ({"aprobado_el": "9999-01-01"}, "Revise el año"),
        ({"vision": "x" * 30_000}, "use hasta 8.000 letras"),
    ],
)
def test_lo_que_no_puede_ser_se_dice_y_no_se_pierde(client, plan_rioverde, plan, datos, mensaje):
    fila = {"pk": "", "orden": "", "texto": "Agua para todos"}
    envio = formulario_de_plan([fila], modelo_gestion="Con la prefectura", **datos)
    respuesta = entrar(client, plan_rioverde).post(ruta("editar_plan", plan), envio)
    assert respuesta.status_code == 400
    assert mensaje in respuesta.text
    assert "Con la prefectura" in respuesta.text
    assert "Agua para todos" in respuesta.text
    assert textos(plan) == []


def test_se_registra_el_de_otro_periodo_y_no_dos_veces(client, plan_rioverde, plan, territorio):
    direccion = reverse("pdot:nuevo_plan", args=["0807"])
    entrar(client, plan_rioverde)
    viejo = formulario_de_plan([{"texto": "Riego"}], anio_desde=2012, anio_hasta=2015)
    assert client.post(direccion, viejo).status_code == 302
    hecho = Pdot.objects.get(gad="0807", anio_desde=2012)
    assert (hecho.estado, textos(hecho)) == ("terminado", [(1, "Riego", "")])
    repetido = client.post(direccion, viejo)
    assert repetido.status_code == 409
    assert "ya tiene un PDOT que empieza ese año" in repetido.text
    ajeno = reverse("pdot:nuevo_plan", args=["0801"])
    assert client.post(ajeno, viejo).status_code == 404
    assert Pdot.objects.count() == 2


def test_se_compara_con_el_periodo_anterior(client, observador, plan, territorio):
    anterior = PdotFactory(gad=territorio.gad["0807"], vision="La de antes")
    ajeno = PdotFactory(gad=territorio.gad["0801"])
    entrar(client, observador)
    respuesta = client.get(ruta("comparar_planes", plan))
    assert [uno.pk for uno in respuesta.context["pares"]] == [anterior.pk, plan.pk]
    assert "La de antes" in respuesta.text
    for con in (ajeno.pk, "x", 10**30):
        assert client.get(ruta("comparar_planes", plan), {"con": con}).status_code == 404


def test_al_editarlo_no_puede_empezar_el_anio_de_otro(client, plan_rioverde, plan):
    PdotFactory(gad=plan.gad, anio_desde=2015, anio_hasta=2019)
    envio = formulario_de_plan(anio_desde=2015, vision="Se conserva")
    respuesta = entrar(client, plan_rioverde).post(ruta("editar_plan", plan), envio)
    assert respuesta.status_code == 409
    assert respuesta.context["form"].errors.keys() == {"anio_desde"}
    assert "Se conserva" in respuesta.text
    plan.refresh_from_db()
    assert (plan.anio_desde, plan.version) == (2024, 1)


# --- El archivo ---------------------------------------------------------------------------------


def test_el_archivo_se_sube_y_lo_baja_cualquiera_con_cuenta(
    client, plan_rioverde, plan_chone, plan
):
    subido = SimpleUploadedFile("plan.pdf", PDF)
    entrar(client, plan_rioverde).post(
        ruta("editar_plan", plan), formulario_de_plan(pdf=subido), follow=True
    )
    respuesta = entrar(client, plan_chone).get(ruta("archivo_de_plan", plan))
    assert b"".join(respuesta.streaming_content) == PDF
    assert respuesta["Content-Disposition"] == 'attachment; filename="pdot-rioverde-2024-2027.pdf"'
    client.logout()
    assert client.get(ruta("archivo_de_plan", plan)).status_code == 302


@pytest.mark.parametrize(
    ("contenido", "mensaje"),
    [
        (b"MZ\x90 no soy un plan", "no es un PDF"),
        (b"%PDF-1.4 cortado", "incompleto"),
        (b"%PDF-1.4 /JavaScript (x) %%EOF", "podrían ejecutarse"),
        (b"", "vacío"),
    ],
)
def test_lo_que_no_es_un_pdf_no_entra(client, plan_rioverde, plan, settings, contenido, mensaje):
    envio = formulario_de_plan(vision="Se conserva", pdf=SimpleUploadedFile("plan.pdf", contenido))
    respuesta = entrar(client, plan_rioverde).post(ruta("editar_plan", plan), envio)
    assert respuesta.status_code == 400
    assert mensaje in respuesta.text
    assert "Se conserva" in respuesta.text
    assert not settings.ARCHIVOS_PRIVADOS.exists()


def test_uno_enorme_se_corta_y_lo_tecleado_sigue(client, plan_rioverde, plan, settings):
    settings.SUBIDA_MAXIMA = 1000
    grande = SimpleUploadedFile("plan.pdf", PDF + b"x" * 5000)
    respuesta = entrar(client, plan_rioverde).post(
        ruta("editar_plan", plan), formulario_de_plan(vision="Se conserva", pdf=grande)
    )
    assert respuesta.status_code == 413
    assert "pasa de 20 MB" in respuesta.text
    assert "Se conserva" in respuesta.text


def test_si_llega_tarde_no_deja_el_archivo_suelto(client, plan_rioverde, plan, settings):
    envio = formulario_de_plan(version_leida=7, pdf=SimpleUploadedFile("plan.pdf", PDF))
    respuesta = entrar(client, plan_rioverde).post(ruta("editar_plan", plan), envio)
    assert respuesta.status_code == 409
    assert not [a for a in settings.ARCHIVOS_PRIVADOS.rglob("*") if a.is_file()]


def test_el_archivo_nuevo_toma_el_lugar_del_anterior_solo_si_se_guarda(
    client, plan_rioverde, plan, settings, django_capture_on_commit_callbacks
):
    guardar_archivo(plan)
    anterior = plan.archivo.path
    entrar(client, plan_rioverde)

    def subir(version):
        pdf = SimpleUploadedFile("plan.pdf", PDF)
        with django_capture_on_commit_callbacks(execute=True):
            client.post(
                ruta("editar_plan", plan), formulario_de_plan(version_leida=version, pdf=pdf)
            )
        return [str(uno) for uno in settings.ARCHIVOS_PRIVADOS.rglob("*") if uno.is_file()]

    assert subir(7) == [anterior]
    assert subir(1) == [Pdot.objects.get(pk=plan.pk).archivo.path] != [anterior]


# --- Uno solo vigente ---------------------------------------------------------------------------


def test_al_entrar_en_vigencia_el_anterior_termina_y_sigue_a_la_vista(
    client, plan_rioverde, plan, territorio
):
    Pdot.objects.filter(pk=plan.pk).update(**APROBADO)
    anterior = PdotFactory(gad=territorio.gad["0807"], estado="vigente")
    entrar(client, plan_rioverde)
    respuesta = client.post(ruta("poner_en_vigencia", plan), {"version": 1}, follow=True)
    estados = (
        Pdot.objects.filter(gad="0807").order_by("anio_desde").values_list("estado", flat=True)
    )
    assert list(estados) == ["terminado", "vigente"]
    assert anterior.get_absolute_url() in respuesta.text
    assert client.post(ruta("poner_en_vigencia", plan), {"version": 1}).status_code == 409
    assert client.post(ruta("terminar_plan", plan), {"version": 2}).status_code == 302
    assert not Pdot.objects.filter(estado="vigente").exists()


def test_sin_constancia_de_aprobacion_no_rige(client, plan_rioverde, plan):
    respuesta = entrar(client, plan_rioverde).post(ruta("poner_en_vigencia", plan), {"version": 1})
    assert respuesta.status_code == 409
    assert "con qué instrumento se aprobó" in respuesta.text
    plan.refresh_from_db()
    assert plan.estado == "elaboracion"


def test_la_base_no_admite_dos_vigentes_ni_anios_al_reves(plan, territorio):
    PdotFactory(gad=territorio.gad["0807"], estado="vigente")
    for cambio in ({"estado": "vigente"}, {"anio_hasta": 2001}, {"anio_hasta": 9999}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Pdot.objects.filter(pk=plan.pk).update(**cambio)


@pytest.mark.django_db(transaction=True)
def test_dos_a_la_vez_dejan_uno_solo_vigente(plan_rioverde, plan, territorio):
    otro = PdotFactory(gad=territorio.gad["0807"], anio_desde=2020, anio_hasta=2023)
    Pdot.objects.update(**APROBADO)
    planes = [plan, otro]

    def poner(n):
        try:
            return poner_en_vigencia(planes[n], por=plan_rioverde, version=1).estado
        except Conflicto:
            return "tarde"

    # El segundo termina al primero: los dos pasaron, y rige uno.
    assert set(a_la_vez(2, poner)) == {"vigente"}
    assert Pdot.objects.filter(gad="0807", estado="vigente").count() == 1


# --- Llegar -------------------------------------------------------------------------------------


def test_desde_su_inicio_llega_a_su_plan_en_un_clic(client, plan_rioverde, plan, territorio):
    inicio = entrar(client, plan_rioverde).get(reverse("inicio"))
    assert f'href="{plan.get_absolute_url()}"' in inicio.text
    vigente = PdotFactory(gad=territorio.gad["0807"], estado="vigente")
    inicio = client.get(reverse("inicio"))
    assert inicio.context["tablero"].propio.plan == vigente


def test_la_pagina_no_consulta_por_fila(
    client, central, plan, territorio, django_assert_max_num_queries
):
    for n in range(1, 12):
        ObjetivoFactory(pdot=plan, orden=n)
        PdotFactory(gad=territorio.gad["0807"], anio_desde=2000 + n, anio_hasta=2001 + n)
    guardar_archivo(plan)
    entrar(client, central)
    with django_assert_max_num_queries(9):
        respuesta = client.get(ruta("plan", plan))
    assert len(respuesta.context["objetivos"]) == 11
    assert Evaluacion.objects.count() == 0
