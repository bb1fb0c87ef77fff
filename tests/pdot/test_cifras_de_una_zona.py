"""Las cifras de una zona, hasta la unidad, en todas partes: el grupo 2 del piloto toca dos."""

import pytest
from django.urls import reverse
from django.utils import timezone

from acompanamiento.models import Acuerdo, Estrategia, Grupo
from pdot.cuenta_avance import contar_avance
from pdot.embudo import leer_contado
from pdot.informe import anexos, contexto, evaluaciones
from pdot.informe.alcance import Alcance
from pdot.informe.que_trae import casillas_de
from pdot.models import CifrasDeAvance
from pdot.piloto import cargar_piloto
from pdot.resumen import resumir
from pdot.tablero import tablero_de
from talleres.models import Encuentro, Traslado
from territorios.cargas import cargar_dpa
from territorios.models import Zona
from tests.conftest import entrar
from tests.datos import DPA, PILOTO, transaccion_comun
from tests.fabricas import AcuerdoFactory, UsuarioFactory

from .test_avance import comprobar_enlaces, pasos, total_de
from .test_las_cifras_coinciden import leer_api

pytestmark = pytest.mark.django_db

# Por zona: sus GAD acompañados por nivel, los de otra en sus grupos, lo aprobado de unos y de otros
# y los traslados de los días en que tiene un encuentro.
ESPERADO = {
    1: ((1, 4, 25), (1, 4, 6), 4, 0, 15),
    4: ((1, 8, 16), (1, 1, 8), 0, 1, 15),
}


@pytest.fixture(scope="class")
def piloto(django_db_setup, django_db_blocker):
    with transaccion_comun(django_db_blocker):
        cargar_dpa(DPA)
        yield cargar_piloto(PILOTO)


@pytest.fixture
def zona(piloto, numero):
    AcuerdoFactory(grupo=Grupo.objects.get(numero=2), numero=1, responsable_gad_id="1320")
    contar_avance()
    return Zona.objects.get(pk=numero)


@pytest.mark.parametrize("numero", ESPERADO)
class TestConElPiloto:
    def test_todo_dice_lo_mismo_de_ella(self, client, zona, numero):
        propios, de_otra, aprobadas, ajenas, traslados = ESPERADO[numero]
        central = UsuarioFactory(rol="central")
        zonal = UsuarioFactory(rol="zonal", zona=zona)
        resumen = resumir(timezone.localdate(), zona)
        (dicho,) = resumen["estrategias"]
        assert tuple(dicho["gad"].values()) == propios
        assert tuple(dicho["gad_de_otra_zona"].values()) == de_otra
        assert (resumen["evaluaciones"]["aprobada"], dicho["traslados"]) == (aprobadas, traslados)

        dias = set(Encuentro.objects.de_zona(numero).values_list("fecha", flat=True))
        assert traslados == sum(uno.fecha in dias for uno in Traslado.objects.all())

        por_api = leer_api(client, central, zona)
        assert por_api("resumen") == resumen
        (cobertura,) = por_api("cobertura")
        assert cobertura["escalones"]["grupo"] == sum(propios)
        leidas = por_api("evaluaciones")["resultados"]
        assert len(leidas) == aprobadas + ajenas
        assert sum(una["zona"] == numero for una in leidas) == aprobadas
        assert len(por_api(f"evaluaciones?zona={numero}")["resultados"]) == aprobadas

        suyo = tablero_de(zonal)
        assert {e: n for e, _, n in suyo.por_estado} == resumen["evaluaciones"]
        assert suyo.de_otra_zona == ajenas

        for usuario in (zonal, central):
            cifras = leer_contado(usuario, f"zona-{numero}").entero
            assert pasos(cifras)["grupo"] == sum(propios)
            assert pasos(cifras).get("aprobado", 0) == aprobadas
            assert cifras["evaluaciones"] == resumen["evaluaciones"]
            assert cifras["encuentros"] == {dicho["codigo"]: dicho["encuentros"]["por_estado"]}
            assert sum(cifras["acuerdos"].values()) == 1
            self.comprobar_el_informe(usuario, zona, dicho)

        for ruta in ("acompanamiento:inicio", "acompanamiento:estrategia"):
            argumentos = [dicho["codigo"]] if ruta.endswith("estrategia") else []
            visto = entrar(client, zonal).get(reverse(ruta, args=argumentos)).context
            assert len(visto["total"].gads) == sum(propios)
            assert len(visto["de_otra_zona"].gads) == sum(de_otra)
        assert (visto["avance"].aprobados, visto["avance"].de_otra_zona) == (aprobadas, ajenas)

    def comprobar_el_informe(self, usuario, zona, dicho):
        propios, de_otra, aprobadas, ajenas, traslados = ESPERADO[zona.pk]
        alcance = Alcance(usuario, Estrategia.objects.get(codigo=dicho["codigo"]), zona=zona)
        leido = contexto.contexto(alcance)
        assert leido["cifras"] == {clave: dicho[clave] for clave in leido["cifras"]}
        assert leido["cuantos_gads"] == sum(propios)
        assert leido["cuantos_en_total"] == sum(propios) + sum(de_otra)
        evaluado = evaluaciones.contexto(alcance)
        assert (evaluado["aprobadas"], evaluado["cuantos_gads"]) == (aprobadas, sum(propios))
        assert (evaluado["de_otra_zona"], evaluado["gads_de_otra_zona"]) == (ajenas, sum(de_otra))
        assert anexos.cronograma(alcance)["traslados"] == traslados
        trae = {una.clave: una.cifra for una in casillas_de(alcance, [])}
        assert trae["contexto"].startswith(f"{sum(propios)} GAD en ")
        assert (" de otra zona" in trae["evaluaciones"]) == bool(ajenas)

    def test_cada_cifra_lleva_a_sus_filas_y_ninguna_fila_se_pierde(self, client, zona, numero):
        *_, aprobadas, ajenas, _ = ESPERADO[numero]
        suya, lista = reverse("pdot:avance_de_zona", args=[numero]), reverse("pdot:inicio")
        for rol, cual in (("zonal", zona), ("observador", zona), ("central", None)):
            usuario = UsuarioFactory(rol=rol, zona=cual)
            entrar(client, usuario)
            assert comprobar_enlaces(client, [suya, reverse("inicio")]) > 20
            titulos = {uno.titulo for uno in client.get(suya).context["hecho"]}
            assert titulos == {
                "Evaluaciones por estado",
                "Encuentros por estado",
                "Acuerdos por estado",
            }
            if cual:
                entera = client.get(lista)
                assert total_de(entera) == aprobadas + ajenas
                assert (", 1 de GAD de otra zona" in entera.text) == bool(ajenas)
                assert client.get(lista, {"zona": "otra"}).context["pagina"].paginator.count == (
                    ajenas
                )
                assert set(Traslado.objects.visibles_para(usuario)) == set(Traslado.objects.all())

    def test_las_consultas_de_la_zona_son_las_de_quien_ve_el_pais(
        self, client, zona, numero, django_assert_num_queries
    ):
        for rol, cual in (("zonal", zona), ("central", None)):
            entrar(client, UsuarioFactory(rol=rol, zona=cual))
            with django_assert_num_queries(7):
                client.get(reverse("pdot:avance_de_zona", args=[numero]))

    def test_quien_mira_el_pais_lee_de_una_zona_lo_que_ella(self, client, zona, numero):
        hechos = {}
        for rol, cual in (("zonal", zona), ("central", None), ("observador", None)):
            entrar(client, UsuarioFactory(rol=rol, zona=cual))
            hecho = client.get(reverse("pdot:avance_de_zona", args=[numero])).context["hecho"]
            hechos[rol] = {
                (u.titulo, c.estado): (c.cuantos, c.url) for u in hecho for c in u.cifras
            }
        assert hechos["central"] == hechos["zonal"]
        assert hechos["observador"].items() <= hechos["central"].items()
        de_evaluaciones = {e for titulo, e in hechos["observador"] if titulo.startswith("Eval")}
        assert de_evaluaciones == {"aprobada"}

    def test_se_compara_con_las_otras_zonas_sin_la_propia(self, client, zona, numero):
        ambitos = CifrasDeAvance.objects.filter(mirada="central", ambito__startswith="zona-")
        otras = [pasos(uno.cifras) for uno in ambitos.exclude(ambito=f"zona-{numero}")]
        embudos = {}
        for rol, cual in (("central", None), ("zonal", zona), ("observador", zona)):
            entrar(client, UsuarioFactory(rol=rol, zona=cual))
            visto = client.get(reverse("pdot:avance_de_zona", args=[numero]))
            embudos[rol] = {p.escalon.value: p.referencia for p in visto.context["embudo"].pasos}
            assert "contra con quién se compara" in visto.text
            assert ("Ver el avance de cada zona" in visto.text) == (rol == "central")
        for paso, cociente in embudos["central"].items():
            assert cociente.n == sum(una.get(paso, 0) for una in otras), paso
        # De lo que está en revisión en otra zona, la suya no sabe; quien observa, de ninguna.
        sin_evaluado = embudos["central"] | {"evaluado": None}
        assert embudos["zonal"] == sin_evaluado
        assert embudos["observador"] | {"evaluado": None} == sin_evaluado
        assert embudos["observador"]["evaluado"] == embudos["observador"]["aprobado"]


def test_una_lista_se_acota_a_lo_que_se_cuenta_en_una_zona(
    client, zonal4, grupo1, grupo2, encuentro1, encuentro2
):
    AcuerdoFactory(grupo=grupo1, numero=1, responsable_gad_id="0807")
    AcuerdoFactory(grupo=grupo2, numero=1, responsable_gad_id="0803")
    entrar(client, UsuarioFactory(rol="central"))
    acuerdos = reverse("acompanamiento:acuerdos")
    encuentros = reverse("talleres:lista", args=[grupo1.estrategia.codigo])
    for zona in (1, 4):
        filtro = {"de_zona": zona}
        assert total_de(client.get(acuerdos, filtro)) == Acuerdo.objects.de_zona(zona).count()
        assert total_de(client.get(encuentros, filtro)) == Encuentro.objects.de_zona(zona).count()
    assert Acuerdo.objects.de_zona(4).count() < Acuerdo.objects.de_zona(1).count()
    for ruta in (acuerdos, encuentros):
        assert client.get(ruta, {"de_zona": "77"}).status_code == 400
        assert 'name="de_zona"' not in client.get(ruta).text
    # Acotar no abre nada: de la otra zona, solo lo que ya veía.
    entrar(client, zonal4)
    assert total_de(client.get(acuerdos, {"de_zona": 1})) == 1
