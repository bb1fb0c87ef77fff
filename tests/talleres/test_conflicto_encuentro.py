"""Dos personas en el mismo encuentro: gana quien guardó primero y nadie pierde lo escrito."""

import pytest
from django.http import QueryDict
from django.urls import reverse

from talleres.forms import EncuentroForm
from talleres.models import Convocado, Encuentro
from territorios.versiones import Conflicto
from tests.conftest import entrar

from .formulario import de_edicion, ruta_editar

pytestmark = pytest.mark.django_db


@pytest.fixture
def listo(encuentro1):
    Convocado.objects.create(encuentro=encuentro1, gad_id="0807")
    return encuentro1


def historias(encuentro):
    return encuentro.historia.count(), Convocado.historia.count()


def test_la_segunda_recibe_409_con_los_dos_textos(client, zonal1, central, listo):
    de_zonal = de_edicion(listo, tema="Lo de la zonal", lugar="Salón de la zonal")
    de_central = de_edicion(listo, tema="Lo de la central")
    assert entrar(client, central).post(ruta_editar(listo), de_central).status_code == 302
    antes = historias(listo)
    respuesta = entrar(client, zonal1).post(ruta_editar(listo), de_zonal)
    assert respuesta.status_code == 409
    assert respuesta.context["conflictos"] == [
        ("Tema", "Lo de la central", "Lo de la zonal"),
        ("Lugar", "Rioverde", "Salón de la zonal"),
    ]
    listo.refresh_from_db()
    assert (listo.tema, listo.version, historias(listo)) == ("Lo de la central", 2, antes)


def test_los_codigos_se_muestran_con_su_nombre(client, zonal1, central, listo, grupo2):
    de_zonal = de_edicion(
        listo,
        tipo="M2",
        gad="0801",
        canton="0801",
        fecha="2019-09-01",
        inicio="09:00",
        convocados=["0801"],
    )
    entrar(client, central).post(ruta_editar(listo), de_edicion(listo, tema="Otro"))
    respuesta = entrar(client, zonal1).post(ruta_editar(listo), de_zonal)
    assert {campo: (a, b) for campo, a, b in respuesta.context["conflictos"]} == {
        "Tipo": (
            "Momento 3 · Taller con equipos técnicos y presidentes/as",
            "Momento 2 · Diálogo con alcalde/sa",
        ),
        "Tema": ("Otro", "Taller de Rioverde"),
        "Fecha": ("22 de agosto de 2019", "1 de septiembre de 2019"),
        "Hora de inicio (opcional)": ("08:30", "09:00"),
        "Cantón": ("Rioverde (Esmeraldas)", "Esmeraldas (Esmeraldas)"),
        "GAD con el que se dialoga": ("", "Esmeraldas (cantón, Esmeraldas)"),
    }


def test_tampoco_cambian_los_convocados_ni_los_grupos(client, zonal1, central, listo, grupo2):
    tarde = de_edicion(listo, convocados=["08", "0801"])
    entrar(client, central).post(ruta_editar(listo), de_edicion(listo, tema="Otro"))
    assert entrar(client, zonal1).post(ruta_editar(listo), tarde).status_code == 409
    assert list(listo.convocados.values_list("gad", flat=True)) == ["0807"]


def test_sin_version_no_se_guarda(client, zonal1, listo):
    sin_version = de_edicion(listo, tema="Sin versión", version_leida=None)
    assert entrar(client, zonal1).post(ruta_editar(listo), sin_version).status_code == 409
    listo.refresh_from_db()
    assert listo.tema == "Taller de Rioverde"


def test_doble_envio_guarda_una_vez(client, zonal1, listo):
    entrar(client, zonal1)
    enviado = de_edicion(listo, tema="Una vez")
    assert client.post(ruta_editar(listo), enviado).status_code == 302
    assert client.post(ruta_editar(listo), enviado).status_code == 409
    listo.refresh_from_db()
    assert listo.version == 2


def test_la_nota_de_un_cerrado_tambien_se_compara(client, zonal1, central, listo):
    Encuentro.objects.filter(pk=listo.pk).update(estado="realizado")
    entrar(client, central).post(ruta_editar(listo), {"nota": "Primera", "version_leida": 1})
    respuesta = entrar(client, zonal1).post(
        ruta_editar(listo), {"nota": "Segunda", "version_leida": 1}
    )
    assert respuesta.status_code == 409
    assert respuesta.context["conflictos"] == [("Nota", "Primera", "Segunda")]
    listo.refresh_from_db()
    assert listo.nota == "Primera"


def test_cancelar_lo_que_otra_persona_cambio_es_409(client, zonal1, central, listo):
    entrar(client, central).post(ruta_editar(listo), de_edicion(listo, tema="Otro"))
    respuesta = entrar(client, zonal1).post(
        reverse("talleres:cancelar_encuentro", args=[listo.pk]), {"motivo": "Paro", "version": 1}
    )
    assert respuesta.status_code == 409
    assert respuesta.context["conflictos"] == [
        ("Estado", "Planificado", "Cancelado"),
        ("Motivo", "", "Paro"),
    ]
    listo.refresh_from_db()
    assert listo.estado == "planificado"


def test_el_formulario_lanza_conflicto_y_no_escribe_a_medias(zonal1, listo):
    """Quien leyó la fila antes de que cambiara: el mismo objeto en memoria, versión vieja."""
    leido = Encuentro.objects.get(pk=listo.pk)
    Encuentro.objects.filter(pk=listo.pk).update(version=2)
    enviado = de_edicion(listo, tema="Tarde", convocados=["08"])
    datos = QueryDict(mutable=True)
    for campo, valor in enviado.items():
        datos.setlist(campo, valor if isinstance(valor, list) else [valor])
    form = EncuentroForm(datos, instance=leido, usuario=zonal1)
    assert form.is_valid(), form.errors
    with pytest.raises(Conflicto):
        form.guardar()
    assert list(listo.convocados.values_list("gad", flat=True)) == ["0807"]
