"""Un grupo abre a una zona lo de otra: nadie se lo concede a sí mismo ni saca a la otra."""

import pytest
from django.urls import reverse
from django.utils import timezone

from acompanamiento.models import Grupo
from pdot.models import Evaluacion

from ..conftest import entrar
from ..fabricas import CriterioFactory, EvaluacionFactory, GrupoFactory


@pytest.fixture
def aprobada(territorio):
    """La de Esmeraldas, de la zona 1."""
    return EvaluacionFactory(pdot__gad=territorio.gad["0801"], estado="aprobada")


@pytest.fixture
def cruzado(client, zonal4, territorio, estrategia):
    """Lo propone la zona 4, con Esmeraldas adentro."""
    ruta = reverse("acompanamiento:nuevo_grupo", args=[estrategia.codigo])
    datos = {
        "nombre": "Lo que me conviene",
        "cantones": ["0801", "0803", "1317"],
        "zona": "4",
        "sede": "1317",
        "fecha": timezone.localdate().isoformat(),
    }
    assert entrar(client, zonal4).post(ruta, datos).status_code == 302
    return Grupo.objects.get()


def ve(usuario, evaluacion):
    return Evaluacion.objects.visibles_para(usuario).filter(pk=evaluacion.pk).exists()


def miembros(grupo):
    return sorted(grupo.membresias.vigentes_en().values_list("gad_id", flat=True))


def conformar(client, usuario, grupo, criterio):
    Grupo.objects.filter(pk=grupo.pk).update(criterio=criterio)
    ruta = reverse("pdot:estado_de_grupo", args=[grupo.pk])
    return entrar(client, usuario).post(ruta, {"version": grupo.version, "estado": "conformado"})


@pytest.fixture
def criterio():
    return CriterioFactory()


def test_proponer_un_grupo_no_abre_las_evaluaciones_ajenas(elenco, aprobada, cruzado):
    for quien in ("zonal4", "plan_chone"):
        assert not ve(elenco[quien], aprobada)


def test_lo_conforma_la_otra_zona_y_entonces_se_comparte(
    client, elenco, aprobada, cruzado, criterio
):
    rechazo = conformar(client, elenco["zonal4"], cruzado, criterio)
    assert rechazo.context["form"].errors["estado"] == [
        "El grupo cruza zonas: lo conforma la otra zona o la central, no quien lo propuso."
    ]
    assert conformar(client, elenco["zonal1"], cruzado, criterio).status_code == 302
    assert ve(elenco["zonal4"], aprobada)


def test_la_central_tambien_lo_conforma(client, elenco, cruzado, criterio):
    assert conformar(client, elenco["central"], cruzado, criterio).status_code == 302


def edicion(grupo, **cambios):
    """El grupo 2 como está: Muisne, de la zona 1, y Pedernales, de la 4, que coordina."""
    return {
        "version_leida": grupo.version,
        "nombre": grupo.nombre,
        "criterio": grupo.criterio_id,
        "sede": "1317",
        "zona": "4",
        "cantones": ["0803", "1317"],
        "vistos": ["0803", "1317", "08", "13"],
        "marcados": miembros(grupo),
        "motivo_salida": "Ya no comparten.",
        "fecha": timezone.localdate().isoformat(),
    } | cambios


@pytest.mark.parametrize(
    ("cambios", "campo", "mensaje"),
    [
        (
            {"cantones": ["0803"], "sede": "0803", "zona": "1"},
            "cantones",
            "No son de su zona: Pedernales y Cojimíes (Pedernales). Los cambia su zona o la "
            "central; y quien coordina, mientras el grupo está propuesto.",
        ),
        (
            {"cantones": ["0803", "1303", "1317"]},
            "cantones",
            "No son de su zona: Chone y Canuto (Chone). Los cambia su zona o la central; y quien "
            "coordina, mientras el grupo está propuesto.",
        ),
        ({"zona": "1"}, "zona", "Coordina la zona 4: solo ella o la central la cambian."),
    ],
)
def test_una_zona_no_mete_ni_saca_lo_de_la_otra_ni_le_quita_la_coordinacion(
    client, zonal1, grupo2, cambios, campo, mensaje
):
    antes = miembros(grupo2)
    ruta = reverse("pdot:editar_grupo", args=[grupo2.pk])
    respuesta = entrar(client, zonal1).post(ruta, edicion(grupo2, **cambios))
    assert respuesta.status_code == 400
    assert respuesta.context["form"].errors[campo] == [mensaje]
    grupo2.refresh_from_db()
    assert (miembros(grupo2), grupo2.zona_id) == (antes, 4)


def test_una_zona_si_mete_lo_suyo_en_el_compartido(client, zonal1, grupo2):
    ruta = reverse("pdot:editar_grupo", args=[grupo2.pk])
    datos = edicion(grupo2, cantones=["0801", "0803", "1317"])
    assert entrar(client, zonal1).post(ruta, datos).status_code == 302
    assert "0801" in miembros(grupo2)


def mover(client, usuario, origen, destino, *gads):
    datos = {
        "version": origen.version,
        "gads": gads,
        "destino": destino.pk,
        "fecha": timezone.localdate().isoformat(),
        "motivo": "Comparten cuenca.",
        "justificacion": "Así lo pidieron.",
    }
    return entrar(client, usuario).post(reverse("pdot:mover_miembros", args=[origen.pk]), datos)


def test_mover_no_saca_los_gad_de_otra_zona(client, zonal1, grupo1, grupo2):
    respuesta = mover(client, zonal1, grupo2, grupo1, "131751")
    assert respuesta.context["form"].errors["gads"] == [
        "No son de su zona: Cojimíes (Pedernales). Los cambia su zona o la central; y quien "
        "coordina, mientras el grupo está propuesto."
    ]
    assert "131751" in miembros(grupo2)


def test_mover_no_deja_a_quien_coordina_sin_cantones(client, central, grupo1, grupo2):
    Grupo.objects.filter(pk=grupo2.pk).update(sede="0803")
    grupo2.refresh_from_db()
    respuesta = mover(client, central, grupo2, grupo1, "1317", "131751")
    assert respuesta.context["form"].errors["gads"] == [
        "La zona 4, que coordina, se quedaría sin cantones. Edite antes el grupo y elija otra."
    ]
    assert "1317" in miembros(grupo2)


def test_la_provincia_que_no_era_del_grupo_no_pasa(client, central, grupo1, grupo2):
    grupo1.membresias.filter(gad="08").delete()
    grupo2.membresias.filter(gad="08").delete()
    assert mover(client, central, grupo1, grupo2, "0801").status_code == 302
    assert miembros(grupo2) == ["0801", "0803", "13", "1317", "131751"]


def test_un_grupo_propuesto_de_su_zona_si_lo_rehace_entero(client, zonal4, territorio, cruzado):
    destino = GrupoFactory(
        estrategia=cruzado.estrategia,
        zona=territorio.zona[4],
        estado="propuesto",
        miembros=[territorio.gad["1303"]],
    )
    assert mover(client, zonal4, cruzado, destino, "0801").status_code == 302
    assert miembros(destino) == ["08", "0801", "1303"]
