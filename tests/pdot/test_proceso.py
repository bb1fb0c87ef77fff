"""El proceso de actualización: quién va en qué, quién lo ve y quién lo anota."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from pdot.acciones_proceso import anotar_hito, quitar_hito
from pdot.models import CumplimientoProceso
from territorios.versiones import Conflicto
from tests.carreras import a_la_vez
from tests.conftest import entrar
from tests.fabricas_plan import PDF, CumplimientoProcesoFactory, HitoProcesoFactory


@pytest.fixture
def pasos(db):
    return [
        HitoProcesoFactory(clave=clave, corto=clave.title(), orden=n)
        for n, clave in enumerate(("inicio", "equipo"), start=1)
    ]


def ruta(codigo, clave):
    return reverse("pdot:anotar_hito", args=[codigo, clave])


def anotado(**datos):
    return {"fecha": "2024-02-01", "evidencia": "Oficio 12", "version_leida": 0} | datos


def cumplir(hito, *codigos):
    for codigo in codigos:
        CumplimientoProcesoFactory(hito=hito, gad_id=codigo)


def codigos(respuesta):
    return [avance.gad.codigo for avance in respuesta.context["pagina"]]


# --- Quién va en qué ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quien", "vistos"),
    [
        ("central", 10),
        ("observador", 10),
        ("zonal1", 5),
        ("observador1", 5),
        ("zonal4", 5),
        ("plan_rioverde", 4),
        ("plan_chone", 1),
    ],
)
def test_cada_quien_ve_su_jurisdiccion(client, elenco, grupo1, grupo2, pasos, quien, vistos):
    cumplir(pasos[0], "0807", "1303", "0801")
    respuesta = entrar(client, elenco[quien]).get(reverse("pdot:proceso"))
    suyos = codigos(respuesta)
    assert len(suyos) == vistos
    hechos = [a.gad.codigo for a in respuesta.context["pagina"] if a.fechas]
    assert hechos == sorted({"0807", "1303", "0801"} & set(suyos))
    for codigo in ("0807", "1303"):
        linea = client.get(reverse("pdot:linea_de_hitos", args=[codigo]))
        assert linea.status_code == (200 if codigo in suyos else 404)


def test_cuenta_por_zona_y_la_cifra_lleva_a_su_lista(client, central, grupo1, pasos):
    cumplir(pasos[0], "0807", "1303", "0801")
    cumplir(pasos[1], "0807")
    entrar(client, central)
    renglones = client.get(reverse("pdot:proceso")).context["renglones"]
    cifras = [(r.nombre, r.total, r.por_hito) for r, _, _ in renglones]
    assert cifras == [
        ("Zona 1 · Norte", 5, [2, 1]),
        ("Zona 4 · Pacífico", 5, [1, 0]),
        ("Total", 10, [3, 1]),
    ]
    _, _, ((cuantos, enlace), _) = renglones[0]
    lista = client.get(reverse("pdot:proceso") + enlace.partition("#")[0])
    assert (cuantos, codigos(lista)) == (2, ["0801", "0807"])


def test_dentro_de_una_zona_cuenta_por_grupo(client, zonal1, grupo1, pasos):
    cumplir(pasos[0], "0807", "0803")
    cumplir(pasos[1], "0807")
    entrar(client, zonal1)
    renglones = client.get(reverse("pdot:proceso")).context["renglones"]
    assert [(r.nombre, r.total, r.empezaron, r.por_hito) for r, _, _ in renglones] == [
        (str(grupo1), 4, 1, [1, 1]),
        ("Sin grupo", 1, 1, [1, 0]),
        ("Total", 5, 2, [2, 1]),
    ]
    _, direccion, ((_, enlace), _) = renglones[1]
    for ruta_ in (direccion, enlace.partition("#")[0]):
        assert codigos(client.get(reverse("pdot:proceso") + ruta_)) == ["0803"]


def test_la_central_cuenta_por_grupo_si_lo_pide_o_elige_zona(
    client, central, grupo1, grupo2, pasos
):
    entrar(client, central)

    def nombres(**filtros):
        contexto = client.get(reverse("pdot:proceso"), filtros).context
        return [renglon.nombre for renglon, _, _ in contexto["renglones"]]

    uno, dos = str(grupo1), str(grupo2)
    assert nombres(por="grupo") == [uno, dos, "Sin grupo", "Total"]
    assert nombres(zona="1") == [uno, dos, "Total"]
    assert nombres(grupo=grupo1.pk) == [uno]


def test_lo_que_falta_se_lee(client, plan_rioverde, grupo1, pasos):
    cumplir(pasos[0], "0807")
    tabla = entrar(client, plan_rioverde).get(reverse("pdot:proceso")).text.partition('id="lista"')
    assert tabla[2].count('<span class="marca sin chico">Falta</span>') == 7


def test_se_filtra_por_grupo_por_hito_y_por_nivel(client, zonal1, grupo1, grupo2, pasos):
    cumplir(pasos[0], "0807")
    entrar(client, zonal1)

    def pedir(**filtros):
        return codigos(client.get(reverse("pdot:proceso"), filtros))

    assert pedir(grupo=grupo1.pk) == ["08", "0801", "0807", "080752"]
    assert pedir(grupo=grupo1.pk, nivel="municipales", hito="no-inicio") == ["0801"]
    assert pedir(hito="si-inicio") == ["0807"]
    assert pedir(hito="ninguno", nivel="municipales") == ["0801", "0803"]
    for malo in ({"zona": "4"}, {"grupo": "999"}, {"hito": "si-otro"}, {"nivel": "x" * 500}):
        respuesta = client.get(reverse("pdot:proceso"), malo)
        assert respuesta.status_code == 400
        assert "escoja una de las opciones" in respuesta.text


def test_un_hito_que_ya_no_rige_sale_del_cuadro_y_se_conserva_en_el_gad(
    client, central, territorio
):
    viejo = HitoProcesoFactory(hasta=date(2020, 1, 1), nombre="Guía de 2015")
    cumplir(viejo, "0807")
    entrar(client, central)
    assert client.get(reverse("pdot:proceso")).context["hitos"] == []
    assert "Guía de 2015" in client.get(reverse("pdot:linea_de_hitos", args=["0807"])).text
    assert "Guía de 2015" not in client.get(reverse("pdot:linea_de_hitos", args=["0801"])).text


def test_las_consultas_son_las_mismas_con_mas_gad(
    client, central, grupo1, pasos, django_assert_max_num_queries
):
    cumplir(pasos[0], "08", "0801", "0803", "0807", "13", "1303", "1317")
    entrar(client, central)
    with django_assert_max_num_queries(8):
        client.get(reverse("pdot:proceso"), {"grupo": grupo1.pk, "hito": "si-inicio"})
    with django_assert_max_num_queries(8):
        client.get(reverse("pdot:linea_de_hitos", args=["0807"]))


# --- Anotar -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quien", "codigo"),
    [
        ("plan_rioverde", 302),
        ("zonal1", 302),
        ("central", 302),
        ("plan_esmeraldas", 404),
        ("zonal4", 404),
        ("observador", 403),
    ],
)
def test_lo_anota_el_gad_o_quien_lo_acompana(client, elenco, grupo1, pasos, quien, codigo):
    envio = anotado(pdf=SimpleUploadedFile("oficio.pdf", PDF))
    assert entrar(client, elenco[quien]).post(ruta("0807", "inicio"), envio).status_code == codigo
    assert CumplimientoProceso.objects.count() == (codigo == 302)
    if codigo == 302:
        hecho = CumplimientoProceso.objects.get()
        assert (hecho.por, hecho.archivo_bytes) == (elenco[quien], len(PDF))
        direccion = reverse("pdot:archivo_de_hito", args=["0807", "inicio"])
        for otro, espera in (("plan_esmeraldas", 200), ("zonal4", 404), ("plan_chone", 404)):
            assert entrar(client, elenco[otro]).get(direccion).status_code == espera


def test_dos_pestanas_y_el_doble_envio(client, plan_rioverde, pasos):
    entrar(client, plan_rioverde)
    assert client.post(ruta("0807", "inicio"), anotado()).status_code == 302
    segunda = client.post(ruta("0807", "inicio"), anotado(evidencia="Oficio 13"))
    assert segunda.status_code == 409
    assert "Oficio 13" in segunda.text
    corregida = anotado(evidencia="Oficio 13", version_leida=1)
    assert client.post(ruta("0807", "inicio"), corregida).status_code == 302
    hecho = CumplimientoProceso.objects.get()
    assert (hecho.evidencia, hecho.version, hecho.historia.count()) == ("Oficio 13", 2, 2)
    quitar = reverse("pdot:quitar_hito", args=["0807", "inicio"])
    assert client.post(quitar, {"version": 1}).status_code == 409
    assert client.post(quitar, {"version": 2}).status_code == 302
    assert not CumplimientoProceso.objects.exists()


def test_al_cambiar_el_documento_o_quitarlo_no_queda_el_anterior(
    plan_rioverde, pasos, settings, territorio, django_capture_on_commit_callbacks
):
    hecho = CumplimientoProcesoFactory(hito=pasos[0], gad_id="0807")
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            anotar_hito(hecho, archivo=PDF, por=plan_rioverde, version=hecho.version)
        (guardado,) = guardados(settings)
        assert guardado.name == hecho.archivo.name.rpartition("/")[2]
    with django_capture_on_commit_callbacks(execute=True):
        quitar_hito(hecho, por=plan_rioverde, version=hecho.version)
    assert guardados(settings) == []


def guardados(settings):
    return [uno for uno in settings.ARCHIVOS_PRIVADOS.rglob("*") if uno.is_file()]


@pytest.mark.parametrize(
    ("datos", "mensaje"),
    [
        ({"fecha": "2099-01-01"}, "Revise el año"),
        ({"fecha": "1999-01-01"}, "Revise el año"),
        ({"fecha": "ayer"}, "no es una fecha"),
        ({"evidencia": ""}, "Diga qué lo demuestra"),
        ({"enlace": "javascript:alert(1)"}, "dirección completa"),
        ({"pdf": SimpleUploadedFile("foto.pdf", b"\x89PNG")}, "no es un PDF"),
    ],
)
def test_lo_que_no_puede_ser_se_dice(client, plan_rioverde, pasos, datos, mensaje):
    respuesta = entrar(client, plan_rioverde).post(ruta("0807", "inicio"), anotado(**datos))
    assert respuesta.status_code == 400
    assert mensaje in respuesta.text
    assert not CumplimientoProceso.objects.exists()
    assert client.get(ruta("0807", "otro-hito")).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_dos_que_anotan_a_la_vez_dejan_uno(territorio, plan_rioverde, pasos):
    def anotar(n):
        nuevo = CumplimientoProceso(
            hito=pasos[0], gad_id="0807", fecha=date(2024, 1, 1), evidencia=f"Oficio {n}", version=0
        )
        try:
            anotar_hito(nuevo, archivo=None, por=plan_rioverde, version=0)
        except Conflicto:
            return "tarde"
        return "anotado"

    assert sorted(a_la_vez(2, anotar)) == ["anotado", "tarde"]
    assert CumplimientoProceso.objects.count() == CumplimientoProceso.historia.count() == 1
