"""Hoja de ruta: hitos con fecha meta, cumplimiento por GAD y quién va detrás."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from acompanamiento.acciones import anotar_cumplimiento, fijar_hoja_de_ruta
from acompanamiento.models import CumplimientoHito, Hito, HitoGrupo
from acompanamiento.ruta import HojaDeRuta, Renglon, diagrama, hoja_de_ruta
from territorios.versiones import Conflicto
from tests.conftest import entrar
from tests.fabricas import HitoFactory, HitoGrupoFactory

HOY = date(2026, 6, 15)


def url(nombre, *args):
    return reverse(f"acompanamiento:{nombre}", args=args)


def cumplir(hito, por, *codigos):
    for codigo in codigos:
        CumplimientoHito.objects.create(hito=hito, gad_id=codigo, fecha=HOY, por=por)


def detras(grupo):
    return [(gad.pk, [str(h) for h in suyos]) for gad, suyos in hoja_de_ruta(grupo, HOY).atrasados]


# --- El ritmo del grupo ---------------------------------------------------------------------


def test_sin_fecha_y_sin_mayoria_nadie_va_detras(grupo1, hitos, central):
    cumplir(hitos["hito1"], central, "0807", "0801")
    assert detras(grupo1) == []


def test_cuando_la_mayoria_cumplio_los_demas_van_detras(grupo1, hitos, central):
    cumplir(hitos["hito1"], central, "0807", "0801", "08")
    assert detras(grupo1) == [("080752", ["Diagnóstico único"])]


@pytest.mark.parametrize(("dias", "cuantos"), [(-1, 4), (0, 0), (1, 0)])
def test_pasada_la_fecha_meta_va_detras_quien_no_cumplio(grupo1, hitos, dias, cuantos):
    HitoGrupo.objects.update(fecha_meta=HOY + timedelta(days=dias))
    assert len(detras(grupo1)) == cuantos


def test_el_mas_atrasado_va_primero(grupo1, hitos, central):
    otro = HitoGrupoFactory(grupo=grupo1, hito=HitoFactory(nombre="Visión", orden=900))
    HitoGrupo.objects.update(fecha_meta=date(2026, 1, 1))
    cumplir(otro, central, "08", "0801", "0807")
    assert detras(grupo1)[0] == ("080752", ["Diagnóstico único", "Visión"])


def test_quien_salio_del_grupo_no_se_espera(grupo1, hitos):
    HitoGrupo.objects.update(fecha_meta=date(2026, 1, 1))
    grupo1.membresias.filter(gad="080752").update(hasta=date(2026, 5, 1))
    assert [codigo for codigo, _ in detras(grupo1)] == ["08", "0801", "0807"]


def test_el_diagrama_pone_cada_barra_en_su_tiempo(grupo1, hitos, central):
    HitoGrupo.objects.update(fecha_inicio=date(2026, 1, 1), fecha_meta=date(2026, 12, 31))
    cumplir(hitos["hito1"], central, "08", "0801")
    dibujo = diagrama(hoja_de_ruta(grupo1, HOY), HOY)
    barra = dibujo.barras[0]
    assert (barra.x, barra.hecho * 2 - barra.ancho in (0, 1, -1)) == (250, True)
    assert barra.x < dibujo.hoy < barra.x + barra.ancho <= dibujo.ancho
    assert [mes.month for _, mes in dibujo.meses] == [1, 3, 5, 7, 9, 11, 1]


def test_sin_fechas_no_hay_diagrama(grupo1, hitos):
    assert diagrama(hoja_de_ruta(grupo1, HOY), HOY) is None


def test_el_diagrama_aguanta_todo_el_calendario():
    hito = HitoGrupo(fecha_inicio=date.min, fecha_meta=date.max)
    dibujo = diagrama(HojaDeRuta([Renglon(hito, [])], []), HOY)
    [barra] = dibujo.barras
    assert barra.x < dibujo.hoy < barra.x + barra.ancho == dibujo.ancho
    assert len(dibujo.meses) == 12


# --- Fijar la hoja --------------------------------------------------------------------------


def test_la_zona_fija_hitos_y_fechas(client, grupo1, zonal1):
    uno, dos = HitoFactory(), HitoFactory()
    entrar(client, zonal1)
    marcado = {f"incluye_{uno.pk}": "on", f"meta_{uno.pk}": "2026-12-01"}
    datos = marcado | {"version": 1, f"meta_{dos.pk}": ""}
    respuesta = client.post(url("editar_hoja_de_ruta", grupo1.pk), datos)
    assert respuesta.url == url("hoja_de_ruta", grupo1.pk)
    assert list(grupo1.hitos.values_list("hito", "fecha_meta")) == [(uno.pk, date(2026, 12, 1))]
    assert grupo1.hitos.get().historia.get().history_user == zonal1


def test_un_hito_ya_cumplido_no_sale_de_la_hoja(client, grupo1, hitos, zonal1):
    cumplir(hitos["hito1"], zonal1, "0807")
    entrar(client, zonal1)
    client.post(url("editar_hoja_de_ruta", grupo1.pk), {"version": 1})
    assert list(grupo1.hitos.all()) == [hitos["hito1"]]


def test_un_hito_desactivado_del_catalogo_sigue_en_la_hoja(client, grupo1, hitos, zonal1):
    """Se ofrece solo a quien ya lo tenía, y solo sale si se desmarca."""
    suyo = hitos["hito1"]
    Hito.objects.update(activo=False)
    nuevo = HitoFactory()
    entrar(client, zonal1)
    direccion = url("editar_hoja_de_ruta", grupo1.pk)
    ofrecidos = {hito for hito, *_ in client.get(direccion).context["form"].filas()}
    assert ofrecidos == {suyo.hito, nuevo}
    marcado = {"version": 1, f"incluye_{suyo.hito_id}": "on", f"incluye_{nuevo.pk}": "on"}
    client.post(direccion, marcado)
    assert set(grupo1.hitos.values_list("hito", flat=True)) == {suyo.hito_id, nuevo.pk}
    client.post(direccion, {"version": 2, f"incluye_{nuevo.pk}": "on"})
    assert list(grupo1.hitos.values_list("hito", flat=True)) == [nuevo.pk]


def test_lo_que_no_se_mostro_no_se_quita(grupo1, hitos, zonal1):
    otro = HitoFactory()
    fijar_hoja_de_ruta(grupo1, {otro: (None, None)}, por=zonal1, version=1)
    assert set(grupo1.hitos.values_list("hito", flat=True)) == {hitos["hito1"].hito_id, otro.pk}


@pytest.mark.parametrize("fecha", ["0001-01-01", "2009-12-31", "2101-01-01", "9999-12-31"])
def test_una_fecha_absurda_se_rechaza_junto_al_campo(client, grupo1, zonal1, fecha):
    hito = HitoFactory()
    entrar(client, zonal1)
    datos = {"version": 1, f"incluye_{hito.pk}": "on", f"meta_{hito.pk}": fecha}
    respuesta = client.post(url("editar_hoja_de_ruta", grupo1.pk), datos)
    assert (respuesta.status_code, grupo1.hitos.count()) == (400, 0)
    [(campo, [mensaje])] = respuesta.context["form"].errors.items()
    ultimo = timezone.localdate().year + 30
    assert (campo, mensaje) == (
        f"meta_{hito.pk}",
        f"Revise el año: debe estar entre 2010 y {ultimo}.",
    )


@pytest.mark.parametrize("fecha", [date.min, date(2009, 12, 31), date(2101, 1, 1), date.max])
def test_la_base_no_admite_una_fecha_absurda(hitos, central, fecha):
    cumplir(hitos["hito1"], central, "0807")
    for filas, campo in (
        (HitoGrupo.objects.all(), "fecha_inicio"),
        (HitoGrupo.objects.all(), "fecha_meta"),
        (CumplimientoHito.objects.all(), "fecha"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            filas.update(**{campo: fecha})


def test_una_meta_anterior_al_inicio_se_rechaza_junto_al_campo(client, grupo1, zonal1):
    hito = HitoFactory()
    entrar(client, zonal1)
    datos = {
        "version": 1,
        f"incluye_{hito.pk}": "on",
        f"inicio_{hito.pk}": "2026-12-01",
        f"meta_{hito.pk}": "2026-11-01",
    }
    respuesta = client.post(url("editar_hoja_de_ruta", grupo1.pk), datos)
    assert (respuesta.status_code, grupo1.hitos.count()) == (400, 0)
    assert list(respuesta.context["form"].errors) == [f"meta_{hito.pk}"]


def test_dos_que_fijan_fechas_a_la_vez_no_se_pisan(client, grupo1, zonal1):
    hito = HitoFactory()
    entrar(client, zonal1)
    direccion = url("editar_hoja_de_ruta", grupo1.pk)
    datos = {"version": 1, f"incluye_{hito.pk}": "on"}
    client.post(direccion, datos | {f"meta_{hito.pk}": "2026-12-01"})
    tarde = client.post(direccion, datos | {f"meta_{hito.pk}": "2026-11-01"})
    assert tarde.status_code == 409
    form = tarde.context["form"]
    assert (form["version"].value(), form[f"meta_{hito.pk}"].value()) == (2, "2026-11-01")
    assert grupo1.hitos.get().fecha_meta == date(2026, 12, 1)


# --- Cumplir --------------------------------------------------------------------------------


def casilla(hito, codigo):
    return url("cumplimiento", hito.pk, codigo)


def anotacion(**cambios):
    return {"fecha": timezone.localdate(), "evidencia": "Oficio 7", "version_leida": 0} | cambios


def hechos():
    return list(CumplimientoHito.objects.values_list("gad", "evidencia", "por__username"))


def test_el_gad_anota_lo_suyo(client, hitos, plan_rioverde):
    entrar(client, plan_rioverde)
    client.post(casilla(hitos["hito1"], "0807"), anotacion())
    assert hechos() == [("0807", "Oficio 7", "plan_rioverde")]


def test_el_gad_no_anota_lo_ajeno(client, hitos, plan_rioverde):
    entrar(client, plan_rioverde)
    codigos = [
        client.post(casilla(hitos["hito1"], "0801"), anotacion()).status_code,
        client.post(casilla(hitos["hito2"], "0807"), anotacion()).status_code,
    ]
    assert (codigos, hechos()) == ([404, 404], [])


def test_la_zona_anota_y_corrige_sin_duplicar(client, hitos, zonal1):
    entrar(client, zonal1)
    for version, evidencia in enumerate(("Acta 1", "Acta 2")):
        form = client.get(casilla(hitos["hito1"], "0807")).context["form"]
        assert form["version_leida"].value() == version
        datos = anotacion(evidencia=evidencia, version_leida=version)
        client.post(casilla(hitos["hito1"], "0807"), datos)
    assert hechos() == [("0807", "Acta 2", "zonal1")]
    assert CumplimientoHito.objects.get().version == 2


@pytest.mark.parametrize("leida", ["0", "", "7"])
def test_corregir_lo_que_otra_persona_anoto_es_409_con_los_dos_textos(
    client, hitos, zonal1, plan_rioverde, leida
):
    entrar(client, plan_rioverde).post(casilla(hitos["hito1"], "0807"), anotacion())
    tarde = entrar(client, zonal1).post(
        casilla(hitos["hito1"], "0807"), anotacion(evidencia="Acta 9", version_leida=leida)
    )
    assert tarde.status_code == 409
    assert tarde.context["conflictos"] == [("Evidencia", "Oficio 7", "Acta 9")]
    assert hechos() == [("0807", "Oficio 7", "plan_rioverde")]


def test_dos_que_anotan_por_primera_vez_a_la_vez_no_se_pisan(hitos, zonal1):
    def nuevo():
        return CumplimientoHito(hito=hitos["hito1"], gad_id="0807", fecha=HOY, evidencia="Acta")

    anotar_cumplimiento(nuevo(), por=zonal1, version=0)
    with pytest.raises(Conflicto):
        anotar_cumplimiento(nuevo(), por=zonal1, version=0)
    assert hechos() == [("0807", "Acta", "zonal1")]


@pytest.mark.parametrize(
    ("datos", "campo"),
    [
        ({"fecha": timezone.localdate() + timedelta(days=2), "evidencia": "Acta"}, "fecha"),
        ({"fecha": "2026-01-01", "evidencia": ""}, "evidencia"),
        ({"fecha": "ayer", "evidencia": "Acta"}, "fecha"),
        ({"fecha": "0001-01-01", "evidencia": "Acta"}, "fecha"),
    ],
)
def test_un_cumplimiento_imposible_se_rechaza(client, hitos, zonal1, datos, campo):
    entrar(client, zonal1)
    respuesta = client.post(casilla(hitos["hito1"], "0807"), datos)
    assert (respuesta.status_code, list(respuesta.context["form"].errors)) == (400, [campo])
    assert hechos() == []
