"""La orden `resumen`: las cifras que pidió el encargo, en JSON y en texto."""

import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from acompanamiento.models import Grupo
from pdot.models import Evaluacion
from pdot.resumen import resumir
from talleres.models import Encuentro
from tests import siembra
from tests.datos import transaccion_comun
from tests.fabricas import EstrategiaFactory

pytestmark = pytest.mark.django_db
CORTE = date(2019, 4, 1)


@pytest.fixture(scope="class")
def piloto(django_db_setup, django_db_blocker):
    with transaccion_comun(django_db_blocker):
        siembra.sembrar(siembra.piloto)
        yield


@pytest.mark.usefixtures("piloto")
class TestConElPiloto:
    def test_la_orden_imprime_un_solo_objeto_json(self, capsys):
        call_command("resumen", "--fecha", "2019-04-01", "--json")
        cifras = json.loads(capsys.readouterr().out)
        pais = {"provincias": 24, "cantones": 221, "parroquias_rurales": 821, "gad": 1066}
        assert {nombre: cifras[nombre] for nombre in pais} == pais
        assert (cifras["fecha"], cifras["grupos"], cifras["encuentros"]) == ("2019-04-01", 4, 38)
        assert cifras["evaluaciones"] == {"borrador": 0, "enviada": 0, "devuelta": 0, "aprobada": 4}

    def test_las_zonas_suman_el_pais(self):
        cifras = resumir(CORTE)
        assert list(cifras["zonas"]) == [str(numero) for numero in range(1, 10)]
        for nombre in ("provincias", "cantones", "parroquias_rurales", "gad"):
            assert sum(zona[nombre] for zona in cifras["zonas"].values()) == cifras[nombre]
        assert cifras["zonas"]["8"] == {
            "provincias": 0,
            "cantones": 3,
            "parroquias_rurales": 6,
            "gad": 9,
        }

    def test_la_estrategia_del_piloto(self):
        (estrategia,) = resumir(CORTE)["estrategias"]
        assert estrategia["gad"] == {"provinciales": 2, "municipales": 12, "parroquiales": 41}
        cuentas = [estrategia[clave] for clave in ("grupos", "propuestos", "cancelados")]
        assert cuentas == [4, 5, 1]
        assert estrategia["encuentros"]["por_tipo"] == {"M1": 1, "M2": 11, "M3": 8, "C": 18}
        assert estrategia["encuentros"]["por_estado"]["realizado"] == 38
        assert (estrategia["traslados"], estrategia["participantes_declarados"]) == (18, 155)

    def test_la_fecha_gobierna_la_dpa(self):
        assert (resumir(date(2026, 1, 1))["cantones"], resumir(date(2026, 1, 1))["gad"]) == (
            222,
            1070,
        )

    def test_lo_cancelado_no_cuenta(self):
        Grupo.objects.filter(numero=3).update(estado="cancelado", motivo="Prueba")
        Encuentro.objects.filter(clave="EVT-0829-2").update(estado="cancelado", motivo="Prueba")
        cifras = resumir(CORTE)
        (estrategia,) = cifras["estrategias"]
        assert estrategia["gad"] == {"provinciales": 2, "municipales": 11, "parroquiales": 34}
        assert estrategia["participantes_declarados"] == 155 - 21
        assert cifras["grupos_por_estado"]["cancelado"] == 2
        assert cifras["encuentros_por_estado"] == {
            "planificado": 0,
            "convocado": 0,
            "realizado": 37,
            "reprogramado": 0,
            "cancelado": 1,
        }

    def test_un_propuesto_suma_cuando_se_conforma(self):
        Grupo.objects.filter(numero=6).update(estado="conformado")
        (estrategia,) = resumir(CORTE)["estrategias"]
        assert (estrategia["grupos"], estrategia["propuestos"]) == (5, 4)
        assert estrategia["gad"] == {"provinciales": 2, "municipales": 15, "parroquiales": 54}

    def test_las_consultas_no_crecen_con_las_estrategias(self, django_assert_num_queries):
        EstrategiaFactory(codigo="otra")
        with django_assert_num_queries(7):
            cifras = resumir(CORTE)
        assert len(cifras["estrategias"]) == 2

    def test_en_texto_se_lee(self, capsys):
        Evaluacion.objects.filter(pdot__gad="0807").update(estado="enviada")
        call_command("resumen", "--fecha", "2019-04-01")
        salida = capsys.readouterr().out
        assert (
            "Al 01/04/2019: provincias 24, cantones 221, parroquias rurales 821, GAD 1066" in salida
        )
        assert "Grupos: 4; propuestos: 5; cancelados: 1" in salida
        assert "provinciales 2, municipales 12, parroquiales 41" in salida
        assert "Evaluaciones: borrador 0, enviada 1, devuelta 0, aprobada 3" in salida


def test_una_base_vacia_da_ceros():
    cifras = resumir(CORTE)
    assert (cifras["gad"], cifras["grupos"], cifras["encuentros"]) == (0, 0, 0)
    assert (cifras["zonas"], cifras["estrategias"]) == ({}, [])


@pytest.mark.parametrize("texto", ["01/04/2019", "2019-02-30", "ayer", ""])
def test_una_fecha_mala_se_dice(texto):
    with pytest.raises(CommandError, match="no es una fecha AAAA-MM-DD"):
        call_command("resumen", "--fecha", texto)
