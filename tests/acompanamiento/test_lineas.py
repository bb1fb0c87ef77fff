"""Líneas programáticas: las define la provincia, las validan u observan cantones y parroquias."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from acompanamiento.acciones import editar_linea
from acompanamiento.lineas import conteo_de
from acompanamiento.models import LineaProgramatica, Pronunciamiento
from tests.acompanamiento.lineas import (
    DE_ESMERALDAS,
    HOY,
    actual,
    crear,
    datos,
    dicho,
    dichos,
    oficio,
    url,
)
from tests.conftest import entrar
from tests.fabricas import (
    CantonFactory,
    EjeFactory,
    EstrategiaFactory,
    GadFactory,
    LineaFactory,
    PronunciamientoFactory,
    UsuarioFactory,
    ZonaFactory,
)

# --- Definir --------------------------------------------------------------------------------------


def test_la_provincia_define_y_se_numera_en_su_estrategia(client, eje, plan_provincia):
    entrar(client, plan_provincia)
    for nombre in ("Uno", "Dos"):
        client.post(crear(), datos(eje, nombre=nombre))
    guardadas = LineaProgramatica.objects.order_by("numero")
    assert list(guardadas.values_list("numero", "nombre", "provincia", "estado", "ronda")) == [
        (1, "Uno", "08", "borrador", 0),
        (2, "Dos", "08", "borrador", 0),
    ]
    assert guardadas[0].historia.get().history_user == plan_provincia


def test_un_doble_envio_deja_una_linea_y_enlaza_la_que_hay(client, eje, zonal1):
    entrar(client, zonal1)
    client.post(crear(), datos(eje))
    otra_vez = client.post(crear(), datos(eje, texto="Lo que escribí ahora"))
    linea = LineaProgramatica.objects.get()
    assert otra_vez.status_code == 409
    assert f'<a href="{url("linea", linea.pk)}">Línea 1 · Turismo</a>' in otra_vez.text
    assert "Lo que escribí ahora" in otra_vez.text


def test_otro_eje_u_otra_provincia_no_es_la_misma_linea(client, estrategia, eje, central):
    entrar(client, central)
    otro_eje = EjeFactory(estrategia=estrategia, orden=2, nombre="Riesgos")
    for direccion, uno in ((crear(), eje), (crear(), otro_eje), (crear("13"), eje)):
        assert client.post(direccion, datos(uno)).status_code == 302
    LineaProgramatica.objects.filter(eje=otro_eje).update(estado="retirada", motivo="Se duplicó")
    assert client.post(crear(), datos(otro_eje)).status_code == 302
    assert LineaProgramatica.objects.count() == 4


@pytest.mark.parametrize(
    ("quien", "codigo"),
    [
        ("plan_provincia", 302),
        ("zonal1", 302),
        ("central", 302),
        ("zonal4", 404),
        ("plan_rioverde", 404),
        ("observador1", 403),
    ],
)
def test_quien_define_las_de_esmeraldas(client, request, eje, quien, codigo):
    entrar(client, request.getfixturevalue(quien))
    assert client.post(crear(), datos(eje)).status_code == codigo
    assert LineaProgramatica.objects.count() == (codigo == 302)


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"nombre": ""}, "nombre"),
        ({"nombre": "x" * 121}, "nombre"),
        ({"texto": " "}, "texto"),
        ({"eje": ""}, "eje"),
    ],
)
def test_una_linea_incompleta_se_rechaza(client, eje, zonal1, cambios, campo):
    entrar(client, zonal1)
    respuesta = client.post(crear(), datos(eje, **cambios))
    assert (respuesta.status_code, list(respuesta.context["form"].errors)) == (400, [campo])
    assert LineaProgramatica.objects.count() == 0


def test_el_eje_es_estrategico_y_de_la_misma_estrategia(client, estrategia, zonal1):
    de_otra = EjeFactory(estrategia=EstrategiaFactory(codigo="otra"))
    de_otro_tipo = estrategia.elementos.create(tipo="eje", orden=1, nombre="Instrumentalización")
    entrar(client, zonal1)
    for eje in (de_otra, de_otro_tipo):
        respuesta = client.post(crear(), datos(eje))
        assert respuesta.context["form"].errors == {
            "eje": ["Ese no es un eje estratégico de la estrategia."]
        }


# --- Quién ve qué ---------------------------------------------------------------------------------


def test_el_borrador_lo_ven_la_provincia_su_zona_y_la_central(borrador, elenco, plan_provincia):
    personas = elenco | {"plan_provincia": plan_provincia}
    ven = {
        nombre
        for nombre, usuario in personas.items()
        if borrador in LineaProgramatica.objects.visibles_para(usuario)
    }
    assert ven == {"central", "zonal1", "plan_provincia"}


def test_la_zona_de_algunos_cantones_lee_pero_no_define(client, linea, borrador, persona):
    """Como Guayaquil: la provincia es de una zona y el cantón, de otra."""
    zona8 = ZonaFactory(numero=8)
    GadFactory(territorio=CantonFactory(codigo="0899", padre_id="08", padre=None, zona=zona8))
    entrar(client, persona("zonal8", rol="zonal", zona=zona8))
    codigos = [
        client.get(url("linea", linea.pk)).status_code,
        client.get(url("linea", borrador.pk)).status_code,
        client.get(url("editar_linea", linea.pk)).status_code,
        client.post(crear()).status_code,
        client.post(url("pronunciarse", linea.pk, "0807"), oficio(linea)).status_code,
        client.post(url("pronunciarse", linea.pk, "0899"), oficio(linea)).status_code,
    ]
    assert codigos == [200, 404, 404, 404, 404, 302]


# --- Consultar ------------------------------------------------------------------------------------


def test_poner_en_consulta_la_abre_a_los_gad(client, borrador, plan_provincia, plan_rioverde):
    entrar(client, plan_provincia)
    client.post(url("consultar_linea", borrador.pk), {"version": 1})
    puesta = actual(borrador)
    assert (puesta.estado, puesta.ronda, puesta.consultada) == ("en_consulta", 1, HOY)
    entrar(client, plan_rioverde)
    assert client.get(url("linea", borrador.pk)).status_code == 200


def test_poner_en_consulta_dos_veces_es_409(client, borrador, zonal1):
    entrar(client, zonal1)
    direccion = url("consultar_linea", borrador.pk)
    codigos = [client.post(direccion, {"version": v}).status_code for v in (1, 1, 2)]
    assert (codigos, actual(borrador).ronda) == ([302, 409, 409], 1)


# --- Adoptar y retirar ----------------------------------------------------------------------------


def adoptar(client, linea, **cambios):
    envio = {"version": linea.version, "vistos": conteo_de(linea).huella} | cambios
    return client.post(url("adoptar_linea", linea.pk), envio)


def test_con_todos_a_favor_se_adopta_sin_motivo(client, linea, territorio, plan_provincia):
    for codigo in DE_ESMERALDAS:
        PronunciamientoFactory(linea=linea, gad=territorio.gad[codigo], por=plan_provincia)
    entrar(client, plan_provincia)
    adoptar(client, linea)
    hecha = actual(linea)
    assert (hecha.estado, hecha.fecha_adopcion, hecha.motivo_adopcion) == ("adoptada", HOY, "")


def test_con_silencios_se_adopta_solo_con_motivo(client, validada, plan_provincia):
    entrar(client, plan_provincia)
    sin = adoptar(client, validada)
    assert (sin.status_code, list(sin.context["form"].errors)) == (400, ["motivo"])
    assert "la validan 1, la observan 0 y faltan 3" in sin.text
    adoptar(client, validada, motivo="Venció el plazo.")
    hecha = actual(validada)
    assert (hecha.estado, hecha.motivo_adopcion) == ("adoptada", "Venció el plazo.")


def test_si_llega_otro_pronunciamiento_no_se_adopta_a_ciegas(client, validada, territorio, zonal1):
    entrar(client, zonal1)
    visto = conteo_de(validada).huella
    PronunciamientoFactory(linea=validada, gad=territorio.gad["0801"], por=zonal1)
    tarde = adoptar(client, validada, vistos=visto, motivo="Venció el plazo.")
    assert tarde.status_code == 409
    assert "Venció el plazo." in tarde.text
    assert actual(validada).estado == "en_consulta"
    assert tarde.context["form"]["vistos"].value() == conteo_de(validada).huella


def test_adoptada_ya_no_admite_pronunciamientos(client, linea, plan_rioverde):
    LineaProgramatica.objects.filter(ronda=1).update(estado="adoptada", fecha_adopcion=HOY)
    entrar(client, plan_rioverde)
    direccion = url("pronunciarse", linea.pk, "0807")
    tarde = client.post(direccion, dicho(linea, "observa", observacion="Tarde"))
    assert (tarde.status_code, "Tarde" in tarde.text, dichos()) == (409, True, [])
    assert client.get(direccion).url == url("linea", linea.pk)


def test_lo_adoptado_cuenta_los_gad_de_ese_dia(linea, territorio):
    ayer = HOY - timedelta(days=1)
    LineaProgramatica.objects.filter(ronda=1).update(
        estado="adoptada", consultada=ayer, fecha_adopcion=ayer
    )
    territorio.lugar["080752"].desde = HOY
    territorio.lugar["080752"].save()
    assert conteo_de(actual(linea)).total == len(DE_ESMERALDAS) - 1


def test_retirar_pide_motivo_y_no_vuelve(client, linea, zonal1):
    entrar(client, zonal1)
    direccion = url("retirar_linea", linea.pk)
    assert client.post(direccion, {"version": 1}).status_code == 400
    client.post(direccion, {"version": 1, "motivo": "Se duplicó"})
    assert (actual(linea).estado, actual(linea).motivo) == ("retirada", "Se duplicó")
    assert client.post(direccion, {"version": 2, "motivo": "Otra vez"}).status_code == 409


def test_un_borrador_retirado_no_se_hace_publico(client, borrador, zonal1, plan_rioverde):
    entrar(client, zonal1)
    client.post(url("retirar_linea", borrador.pk), {"version": 1, "motivo": "Se duplicó"})
    entrar(client, plan_rioverde)
    assert client.get(url("linea", borrador.pk)).status_code == 404


@pytest.mark.parametrize("verbo", ["editar_linea", "consultar_linea", "adoptar_linea"])
def test_un_gad_cantonal_no_decide_por_la_provincia(client, linea, plan_rioverde, verbo):
    entrar(client, plan_rioverde)
    antes = LineaProgramatica.objects.filter(pk=linea.pk).values().get()
    assert client.post(url(verbo, linea.pk), {"version": 1, "motivo": "x"}).status_code == 404
    assert LineaProgramatica.objects.filter(pk=linea.pk).values().get() == antes


# --- Listas ---------------------------------------------------------------------------------------


def lista(provincia="08"):
    return url("lineas_de_provincia", "piloto-2019", provincia)


def test_la_lista_agrupa_por_eje_y_cuenta_por_nivel(client, validada, borrador, zonal1):
    entrar(client, zonal1)
    (eje, suyas), *_ = client.get(lista()).context["ejes"]
    assert (eje.nombre, suyas) == ("Identidad cultural", [validada, borrador])
    assert [[(n, c.huella) for n, c in linea.niveles] for linea in suyas] == [
        [("Cantonales", "1-0-2"), ("Parroquiales", "0-0-1")],
        [],
    ]


def test_sin_lineas_se_dice_el_siguiente_paso(client, eje, zonal1, plan_rioverde):
    entrar(client, zonal1)
    assert "Defina la primera" in client.get(lista()).text
    entrar(client, plan_rioverde)
    assert "La define el GAD provincial en cada eje." in client.get(lista()).text


def test_un_gad_va_derecho_a_su_provincia_y_no_entra_en_otra(client, lineas, plan_rioverde):
    entrar(client, plan_rioverde)
    assert client.get(url("lineas", "piloto-2019")).url == lista()
    assert client.get(lista("13")).status_code == 404


def test_la_central_ve_cuantas_tiene_cada_provincia(client, lineas, central, observador):
    def filas(quien):
        entrar(client, quien)
        filas = client.get(url("lineas", "piloto-2019")).context["filas"]
        return [(gad.pk, [n for _, n in cuentas]) for gad, _, cuentas in filas]

    assert filas(central) == [("08", [1, 1, 0, 0]), ("13", [0, 1, 0, 0])]
    assert filas(observador) == [("08", [0, 1, 0, 0]), ("13", [0, 1, 0, 0])]


def test_el_inicio_dice_lo_que_espera_su_pronunciamiento(
    client, lineas, plan_rioverde, plan_provincia, zonal1
):
    def avisos(quien):
        entrar(client, quien)
        pendientes = client.get(reverse("inicio")).context["tablero"].pendientes
        return [(p.texto, p.direccion) for p in pendientes if "programática" in p.texto]

    una = ("1 línea programática de Esmeraldas espera su pronunciamiento.", lista())
    assert [avisos(q) for q in (plan_rioverde, plan_provincia, zonal1)] == [[una], [], []]
    estrategia, provincia = lineas["linea1"].estrategia, lineas["linea1"].provincia
    LineaFactory(estrategia=estrategia, provincia=provincia, numero=9, consultada_hoy=True)
    dos = ("2 líneas programáticas de Esmeraldas esperan su pronunciamiento.", lista())
    assert avisos(plan_rioverde) == [dos]
    for linea in LineaProgramatica.objects.filter(provincia="08", ronda=1):
        PronunciamientoFactory(linea=linea, gad=plan_rioverde.gad, por=plan_rioverde)
    assert avisos(plan_rioverde) == []


@pytest.mark.parametrize("pagina", ["lista", "ficha", "formulario"])
def test_las_consultas_no_crecen_con_las_filas(
    client, linea, territorio, zonal1, pagina, django_assert_max_num_queries
):
    direcciones = {
        "lista": lista(),
        "ficha": url("linea", linea.pk),
        "formulario": url("pronunciarse", linea.pk, "0807"),
    }
    entrar(client, zonal1)

    def consultas():
        with django_assert_max_num_queries(9) as hechas:
            assert client.get(direcciones[pagina]).status_code == 200
        return len(hechas)

    PronunciamientoFactory(linea=linea, gad=territorio.gad["0801"], por=zonal1)
    consultas()
    con_una = consultas()
    for codigo in ("0803", "080752"):
        por = UsuarioFactory()
        PronunciamientoFactory(linea=linea, gad=territorio.gad[codigo], por=por)
        GadFactory(
            territorio=CantonFactory(codigo=f"08{codigo[-2:]}", padre=linea.provincia.territorio)
        )
        otra = LineaFactory(
            estrategia=linea.estrategia, provincia=linea.provincia, consultada_hoy=True
        )
        PronunciamientoFactory(linea=otra, gad=territorio.gad["0801"], por=por)
    assert consultas() == con_una


# --- Lo que sostiene la base ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "cambios",
    [
        {"estado": "retirada", "motivo": ""},
        {"estado": "adoptada", "fecha_adopcion": None},
        {"estado": "borrador"},
        {"ronda": 0, "consultada": None},
        {"consultada": None},
        {"numero": 2},
    ],
)
def test_la_base_no_admite_una_linea_a_medias(linea, borrador, cambios):
    with pytest.raises(IntegrityError), transaction.atomic():
        LineaProgramatica.objects.filter(pk=linea.pk).update(**cambios)


def test_la_base_no_admite_dos_dichos_del_mismo_texto_ni_una_observacion_muda(validada, zonal1):
    gad = Pronunciamiento.objects.get().gad
    with pytest.raises(IntegrityError), transaction.atomic():
        PronunciamientoFactory(linea=validada, gad=gad, por=zonal1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pronunciamiento.objects.update(sentido="observa")


def test_la_historia_dice_quien_y_por_que(client, validada, zonal1):
    entrar(client, zonal1)
    editar_linea_con(validada, zonal1, texto="Otro texto")
    entradas = [e.que for e in client.get(url("linea", validada.pk)).context["bitacora"]]
    assert "Cambió la línea (El texto cambió: se vuelve a consultar)" in entradas


def editar_linea_con(linea, por, **cambios):
    cambiada = actual(linea)
    for campo, valor in cambios.items():
        setattr(cambiada, campo, valor)
    return editar_linea(cambiada, por=por, version=cambiada.version)
