"""Cambiar un grupo que ya existe: quién entra, quién sale, qué toca y desde cuándo."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from acompanamiento.models import Grupo, Membresia

from ..conftest import entrar
from ..fabricas import AcuerdoFactory, EncuentroFactory, EvaluacionFactory


@pytest.fixture
def url(grupo1):
    return reverse("pdot:editar_grupo", args=[grupo1.pk])


def miembros(grupo):
    return sorted(grupo.membresias.vigentes_en().values_list("gad_id", flat=True))


def envio(grupo, **cambios):
    """El grupo 1 tal como está."""
    return {
        "version_leida": grupo.version,
        "nombre": grupo.nombre,
        "sede": "0807",
        "criterio": grupo.criterio_id,
        "cantones": ["0801", "0807"],
        "vistos": ["0801", "0807", "08"],
        "marcados": ["08", "0801", "0807", "080752"],
        "fecha": timezone.localdate().isoformat(),
    } | cambios


def test_la_mesa_abre_con_los_miembros_de_hoy(client, zonal1, grupo1, url):
    dictamen = entrar(client, zonal1).get(url).context["dictamen"]
    assert sorted(dictamen.eleccion.gads) == ["08", "0801", "0807", "080752"]
    assert (dictamen.entran, dictamen.salen) == ([], [])


def test_entra_un_canton_con_los_suyos(client, zonal1, grupo1, url):
    datos = envio(grupo1, cantones=["0801", "0803", "0807"])
    respuesta = entrar(client, zonal1).post(url, datos)
    assert respuesta.url == grupo1.get_absolute_url()
    assert miembros(grupo1) == ["08", "0801", "0803", "0807", "080752"]
    nueva = grupo1.membresias.get(gad="0803")
    assert (nueva.desde, nueva.historia.get().history_user) == (timezone.localdate(), zonal1)


def test_quien_sale_deja_fecha_y_motivo(client, zonal1, grupo1, url):
    datos = envio(grupo1, marcados=["08", "0801", "0807"], motivo_salida="Pasa a otro grupo.")
    entrar(client, zonal1).post(url, datos)
    salida = grupo1.membresias.get(gad="080752")
    assert (salida.hasta, salida.motivo) == (timezone.localdate(), "Pasa a otro grupo.")
    assert salida.historia.latest().history_user == zonal1
    assert miembros(grupo1) == ["08", "0801", "0807"]


def test_sin_motivo_nadie_sale(client, zonal1, grupo1, url):
    datos = envio(grupo1, marcados=["08", "0801", "0807"])
    respuesta = entrar(client, zonal1).post(url, datos)
    assert respuesta.status_code == 400
    assert respuesta.context["form"].errors["motivo_salida"] == [
        "Escriba por qué dejan el grupo: queda en su historia."
    ]
    assert miembros(grupo1) == ["08", "0801", "0807", "080752"]


def test_nadie_sale_antes_de_entrar(client, zonal1, grupo1, url):
    datos = envio(
        grupo1, marcados=["08", "0801", "0807"], motivo_salida="Error.", fecha="2019-07-31"
    )
    respuesta = entrar(client, zonal1).post(url, datos)
    assert respuesta.context["form"].errors["fecha"] == ["Hay quien entró después, el 01/08/2019."]


def test_quien_entro_hoy_por_error_se_quita_y_la_historia_lo_dice(client, zonal1, grupo1, url):
    hoy = timezone.localdate()
    Membresia.objects.create(grupo=grupo1, gad_id="0803", desde=hoy)
    entrar(client, zonal1).post(url, envio(grupo1, motivo_salida="Fue un error."))
    assert not grupo1.membresias.filter(gad="0803").exists()
    ultima = Membresia.historia.filter(gad="0803").latest()
    assert (ultima.history_type, ultima.history_user) == ("-", zonal1)
    assert ultima.history_change_reason == "Fue un error."


def test_antes_de_guardar_se_ve_que_toca_la_salida(client, zonal1, grupo1, url, encuentro1):
    EncuentroFactory(
        estrategia=grupo1.estrategia,
        tema="Diálogo con Rioverde",
        tipo="M2",
        gad_id="0807",
        fecha=date(2019, 9, 3),
        grupos=[grupo1],
    )
    acuerdo = AcuerdoFactory(
        grupo=grupo1, numero=1, texto="Compartir datos", responsable_gad_id="0807"
    )
    aprobada = EvaluacionFactory(pdot__gad_id="0807", estado="aprobada")
    datos = envio(grupo1, cantones=["0801"], marcados=["08", "0801"], sede="0801", accion="revisar")
    respuesta = entrar(client, zonal1).post(url, datos)
    assert respuesta.context["efectos"] == [
        (
            "Encuentros por realizarse a los que siguen convocados",
            [
                (
                    "Diálogo con Rioverde, martes 3 de septiembre de 2019",
                    _ruta_de("Diálogo con Rioverde"),
                )
            ],
        ),
        (
            "Acuerdos abiertos que siguen a su cargo en este grupo",
            [("Acuerdo 1: Compartir datos", acuerdo.get_absolute_url())],
        ),
        (
            "Evaluaciones que dejan de verse en la matriz del grupo",
            [("Rioverde (cantón, Esmeraldas): aprobada", aprobada.get_absolute_url())],
        ),
    ]
    assert "Diálogo con Rioverde, martes 3 de septiembre de 2019" in respuesta.text
    assert miembros(grupo1) == ["08", "0801", "0807", "080752"]


def _ruta_de(tema):
    from talleres.models import Encuentro

    return Encuentro.objects.get(tema=tema).get_absolute_url()


def test_si_otra_persona_lo_cambio_se_ven_los_dos(client, zonal1, grupo1, url):
    datos = envio(grupo1, nombre="Otro nombre", cantones=["0801", "0803", "0807"])
    Grupo.objects.filter(pk=grupo1.pk).update(version=7, nombre="Costa norte")
    respuesta = entrar(client, zonal1).post(url, datos)
    assert respuesta.status_code == 409
    assert "Costa norte" in respuesta.text
    assert "Otro nombre" in respuesta.text
    assert "Muisne" in respuesta.text
    assert miembros(grupo1) == ["08", "0801", "0807", "080752"]


def test_uno_cerrado_ya_no_cambia_y_lo_escrito_se_muestra(client, zonal1, grupo1, url):
    datos = envio(grupo1, nombre="Lo que escribí")
    Grupo.objects.filter(pk=grupo1.pk).update(estado="cerrado")
    respuesta = entrar(client, zonal1).post(url, datos)
    assert respuesta.status_code == 409
    assert "El grupo está cerrado: sus datos y sus miembros ya no cambian." in respuesta.text
    assert "Lo que escribí" in respuesta.text
    grupo1.refresh_from_db()
    assert grupo1.nombre == "Esmeraldas – Rioverde"


def test_las_dos_zonas_de_un_grupo_compartido_lo_editan(client, elenco, grupo2):
    direccion = reverse("pdot:editar_grupo", args=[grupo2.pk])
    for quien in ("central", "zonal1", "zonal4"):
        assert entrar(client, elenco[quien]).get(direccion).status_code == 200


def test_fuera_de_su_zona_no_existe(client, zonal4, grupo1, url):
    assert entrar(client, zonal4).get(url).status_code == 404


def test_una_membresia_pasada_no_vuelve_sola(client, zonal1, grupo1, url):
    ayer = timezone.localdate() - timedelta(days=1)
    grupo1.membresias.filter(gad="080752").update(hasta=ayer)
    dictamen = entrar(client, zonal1).get(url).context["dictamen"]
    assert sorted(dictamen.eleccion.gads) == ["08", "0801", "0807"]


def test_no_se_le_pone_el_nombre_de_otro_vivo(client, zonal1, grupo1, grupo2, url):
    respuesta = entrar(client, zonal1).post(url, envio(grupo1, nombre=grupo2.nombre))
    assert respuesta.status_code == 409
    [mensaje] = respuesta.context["form"].errors["nombre"]
    assert grupo2.get_absolute_url() in mensaje
    grupo1.refresh_from_db()
    assert grupo1.nombre == "Esmeraldas – Rioverde"


def test_quien_vuelve_no_entra_antes_de_haber_salido(client, zonal1, grupo1, url):
    salio = date(2024, 3, 1)
    Membresia.objects.create(grupo=grupo1, gad_id="0803", desde=date(2020, 1, 1), hasta=salio)
    datos = envio(grupo1, cantones=["0801", "0803", "0807"], fecha="2021-05-05")
    respuesta = entrar(client, zonal1).post(url, datos)
    assert respuesta.context["form"].errors["fecha"] == [
        "Hay quien estuvo antes en el grupo, hasta el 01/03/2024."
    ]
    assert grupo1.membresias.filter(gad="0803").count() == 1


def test_uno_conformado_no_se_queda_sin_criterio_ni_sede(client, zonal1, grupo1, url):
    respuesta = entrar(client, zonal1).post(url, envio(grupo1, criterio="", sede=""))
    assert set(respuesta.context["form"].errors) == {"criterio", "sede"}


def test_una_membresia_que_empieza_maniana_ya_ocupa_su_lugar(client, zonal1, grupo1, url):
    maniana = timezone.localdate() + timedelta(days=1)
    Membresia.objects.create(grupo=grupo1, gad_id="0803", desde=maniana)
    datos = envio(grupo1, cantones=["0801", "0803", "0807"])
    assert entrar(client, zonal1).post(url, datos).status_code == 302
    assert grupo1.membresias.filter(gad="0803").count() == 1


@pytest.mark.parametrize("campo", ["criterio", "criterios_secundarios", "espacio", "sede", "zona"])
def test_un_numero_enorme_se_rechaza_en_su_campo(client, zonal1, grupo1, url, campo):
    respuesta = entrar(client, zonal1).post(url, envio(grupo1, **{campo: "9" * 30}))
    assert respuesta.status_code == 400
    assert campo in respuesta.context["form"].errors
