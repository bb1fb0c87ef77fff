"""Que un trabajo terminó se dice una vez, en la plataforma y como prefiera quien lo pidió."""

import pytest
from django.urls import reverse

from territorios import trabajos
from territorios.avisos import guardar_preferencias
from territorios.models import Aviso, Mensaje
from territorios.resumenes import encolar_resumenes
from tests.conftest import entrar
from tests.fabricas_trabajos import listo_de, pedir_de

pytestmark = pytest.mark.usefixtures("territorio")


def test_al_quedar_listo_hay_un_aviso_y_un_correo_para_quien_lo_pidio(client, zonal1, central):
    trabajo = listo_de(zonal1)
    trabajos.correr(trabajo.pk, quien="otro")
    (aviso,) = Aviso.objects.all()
    assert (aviso.destinatario, aviso.clase) == (zonal1, "trabajo")
    assert aviso.texto == "Listo: Fichas de los GAD de la Zona 1."
    assert aviso.por_correo is not None
    assert Mensaje.objects.get().para == zonal1.email
    ruta = reverse("avisos:abrir", args=[aviso.pk])
    assert entrar(client, zonal1).get(ruta).url == trabajo.get_absolute_url()
    assert entrar(client, central).get(ruta).status_code == 404


def test_quien_prefiere_resumen_se_entera_en_el_resumen(zonal1):
    guardar_preferencias(zonal1, correo="diario", calladas=set(), por=zonal1)
    listo_de(zonal1)
    assert Mensaje.objects.count() == 0
    assert (encolar_resumenes(), encolar_resumenes()) == (1, 0)
    assert "Listo: Fichas de los GAD de la Zona 1." in Mensaje.objects.get().texto


def test_quien_calla_los_trabajos_no_los_ve_en_la_lista(client, zonal1):
    guardar_preferencias(zonal1, correo="nunca", calladas={"trabajo"}, por=zonal1)
    listo_de(zonal1)
    assert "Listo:" not in entrar(client, zonal1).get(reverse("avisos:lista")).text
    assert (Mensaje.objects.count(), encolar_resumenes()) == (0, 0)


def test_cada_vez_que_falla_se_dice_por_que(zonal1):
    trabajo = pedir_de(zonal1)
    trabajos._fallar(trabajo, "Sin hacer: 1 de 5 documentos.")
    trabajos._fallar(trabajo, "Sin hacer: 1 de 5 documentos.")
    trabajo.refresh_from_db()
    trabajos.reanudar(trabajo, por=zonal1)
    trabajos._fallar(trabajo, "Sin hacer: 1 de 5 documentos.")
    dice = "Sin terminar: Fichas de los GAD de la Zona 1. Sin hacer: 1 de 5 documentos."
    assert list(Aviso.objects.values_list("texto", flat=True)) == [dice, dice]


def test_un_trabajo_cancelado_no_avisa_a_quien_lo_cancelo(zonal1):
    trabajos.cancelar(pedir_de(zonal1), por=zonal1)
    assert Aviso.objects.count() == 0
