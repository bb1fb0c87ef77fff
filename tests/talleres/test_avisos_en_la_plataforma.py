"""A quien planifica en un GAD convocado se le avisa en la plataforma, además del oficio."""

import pytest

from talleres.acciones import cancelar_encuentro, fijar_convocados
from talleres.acciones_convocatoria import emitir_oficios
from talleres.models import Encuentro
from territorios.models import Aviso
from tests.talleres.convocados import FIRMA, taller_por_venir

COMUN = {"asunto": "Taller", "texto": "Le convoco.", "ciudad": "Ibarra"} | FIRMA


@pytest.fixture
def convocar(grupo1, territorio, zonal1):
    """Función: convoca a Rioverde y a Esmeraldas, con ese correo a la autoridad de Rioverde."""

    def hacer(correo=""):
        taller = taller_por_venir(grupo1, territorio, "0807", "0801")
        de = {"tratamiento": "Señor", "destinatario": "", "cargo": "Alcalde"}
        datos = {"0807": de | {"correo": correo}, "0801": de | {"correo": ""}}
        emitir_oficios(taller, datos, COMUN, por=zonal1, version=1, sitio="http://testserver")
        return Encuentro.objects.get(pk=taller.pk)

    return hacer


def dichos(usuario):
    return list(Aviso.objects.visibles_para(usuario).order_by("pk").values_list("clase", "texto"))


def test_se_avisa_a_los_gad_convocados_y_a_nadie_mas(
    convocar, client, plan_rioverde, plan_esmeraldas, plan_chone, zonal1
):
    taller = convocar()
    cuando = f"{taller.fecha:%d/%m/%Y}"
    texto = f"Su GAD está convocado: {taller.nombre_llano}, el {cuando}."
    esperado = [("convocatoria", texto)]
    hay = [dichos(una) for una in (plan_rioverde, plan_esmeraldas, plan_chone, zonal1)]
    assert hay == [esperado, esperado, [], []]
    client.force_login(plan_rioverde)
    assert client.get(Aviso.objects.first().direccion).status_code == 200


def test_a_quien_ya_recibe_el_oficio_no_se_le_resume(convocar, plan_rioverde, plan_esmeraldas):
    convocar(correo=plan_rioverde.email)
    en_correo = {aviso.destinatario: aviso.por_correo is not None for aviso in Aviso.objects.all()}
    assert en_correo == {plan_rioverde: True, plan_esmeraldas: False}


def test_al_cancelar_se_avisa_a_los_convocados(convocar, plan_rioverde, plan_chone, zonal1):
    taller = convocar()
    cancelar_encuentro(taller, por=zonal1, motivo="Lluvia", version=taller.version)
    nombre = taller.nombre_llano.capitalize()[:3] + taller.nombre_llano[3:]
    assert dichos(plan_rioverde)[1:] == [
        ("encuentro", f"{nombre} se canceló ({taller.fecha:%d/%m/%Y}).")
    ]
    assert dichos(plan_chone) == []


def test_a_quien_se_quita_se_le_dice(convocar, territorio, plan_rioverde, plan_esmeraldas, zonal1):
    taller = convocar()
    fijar_convocados(taller, [territorio.gad["0801"]], por=zonal1)
    assert [clase for clase, _ in dichos(plan_rioverde)] == ["convocatoria", "encuentro"]
    assert "ya no espera a su GAD" in dichos(plan_rioverde)[1][1]
    assert [clase for clase, _ in dichos(plan_esmeraldas)] == ["convocatoria"]
